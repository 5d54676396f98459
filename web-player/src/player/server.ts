import { answerOf, readStream, type StreamFacts } from '../core/api';
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

/** The stream's facts; undefined where they cannot be had now. Never rejects. */
export async function fetchFacts(factsUrl: string, timeoutMs: number): Promise<StreamFacts | undefined> {
  const text = await fetchText(factsUrl, timeoutMs);
  try {
    return text === undefined ? undefined : readStream(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The text at an address; undefined where it cannot be had now. Never rejects. */
export async function fetchText(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
