import { answerOf } from '../core/api';
import type { Answer } from '../core/machine';

/** Asks the server once about a stream (`GET /api/v1/streams/APP/NAME`). Never rejects. */
export async function askServer(factsUrl: string, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(factsUrl, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
    const json: unknown = response.ok ? await response.json() : undefined;
    return answerOf(response.status, json);
  } catch {
    return { kind: 'unreachable', detail: 'the server does not answer' };
  }
}
