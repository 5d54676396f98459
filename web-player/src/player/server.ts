import { answerOf, readStream, type StreamFacts } from '../core/api';
import { originOf, readEdges, type Edges } from '../core/edges';
import type { Answer } from '../core/machine';

/** Asks whichever edge answers once about a stream (`GET /api/v1/streams/APP/NAME`). Never rejects. */
export async function askServer(edges: Edges, factsUrl: string, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetchFrom(edges, factsUrl, timeoutMs, { cache: 'no-store' });
    const json: unknown = response.ok ? await response.json() : undefined;
    return answerOf(response.status, json);
  } catch {
    return { kind: 'unreachable', detail: 'the server does not answer' };
  }
}

/** The stream's facts, and beside them the edges there are; undefined where they cannot be had now. Never rejects. */
export async function fetchFacts(edges: Edges, factsUrl: string, timeoutMs: number): Promise<StreamFacts | undefined> {
  try {
    const response = await fetchFrom(edges, factsUrl, timeoutMs);
    if (!response.ok) return undefined;
    const json: unknown = await response.json();
    learnEdges(edges, response.url, json);
    return readStream(json);
  } catch {
    return undefined;
  }
}

/** Takes what an answer of the API says of the edges. */
export function learnEdges(edges: Edges, from: string, json: unknown): void {
  const origin = originOf(from);
  const { self, edges: all } = readEdges(json);
  if (origin !== undefined) edges.learn(origin, self, all);
}

/** Asks the next edge when one does not answer. Rejects when none does. */
export async function fetchFrom(edges: Edges, url: string, timeoutMs: number, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const asked = edges.route(url);
    try {
      const response = await fetch(asked, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      edges.heard(asked);
      return response;
    } catch (reason) {
      const late = reason instanceof DOMException && reason.name === 'TimeoutError';
      if (!edges.leave(asked, late)) throw reason;
    }
  }
}

/** The text at an address; undefined where it cannot be had now. Never rejects. */
export async function fetchText(url: string, timeoutMs: number, edges?: Edges): Promise<string | undefined> {
  try {
    const response = await (edges ? fetchFrom(edges, url, timeoutMs) : fetch(url, { signal: AbortSignal.timeout(timeoutMs) }));
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
