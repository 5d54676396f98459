/**
 * What a watch page is doing, as one value, and the one function that changes it.
 *
 * | state      | meaning                                        | leaves on                                             |
 * | ---------- | ---------------------------------------------- | ----------------------------------------------------- |
 * | loading    | the playlist has been asked for                | manifest → buffering; failure → absent, retrying, ... |
 * | buffering  | media is being read, no picture yet            | moved → playing; stuck → retrying                     |
 * | playing    | the picture moves                              | stalled, gap at the edge → away, ENDLIST → ended      |
 * | paused     | the viewer (or the autoplay policy) paused     | resumed → buffering                                   |
 * | stalled    | media ran out and nobody has said why          | moved → playing; the server's answer; stuck           |
 * | away       | the publisher left, the server keeps the place | media returns and moves → playing; ENDLIST → ended    |
 * | ended      | ENDLIST: this presentation is over             | the server says live again → loading                  |
 * | absent     | the server knows no such stream                | the server says live → loading                        |
 * | retrying   | network, server or decoder failed              | the server answers → by its answer                    |
 * | unplayable | this browser cannot play the codecs            | another publication → loading                         |
 *
 * No state is final but `unplayable` without a media engine at all: everything else goes on by itself.
 */
import type { PlayerError } from './errors';

export type WatchState =
  | { readonly kind: 'loading'; readonly attempt: number }
  | { readonly kind: 'buffering'; readonly attempt: number; readonly awaitsKeyFrame: boolean }
  | { readonly kind: 'playing' }
  | { readonly kind: 'paused'; readonly attached: boolean }
  | { readonly kind: 'stalled' }
  | {
      readonly kind: 'away';
      /** The engine still follows the playlist, and will see the discontinuity by itself. */
      readonly attached: boolean;
      /** Media has appeared behind the gap. */
      readonly returned: boolean;
      /** How often in a row the server has said "live" while nothing played. */
      readonly liveAnswers: number;
    }
  | { readonly kind: 'ended' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'retrying'; readonly attempt: number; readonly error: PlayerError }
  | { readonly kind: 'unplayable'; readonly error: PlayerError; readonly epoch: number | undefined };

/** The state, and whether this page has shown the stream before (for what it says, not for what it does). */
export interface Watch {
  readonly state: WatchState;
  readonly played: boolean;
}

/** What the server says about the stream. */
export type Answer =
  | { readonly kind: 'live'; readonly epoch: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly detail: string };

export type Signal =
  | { readonly kind: 'start' }
  /** The multivariant playlist was read and names something playable. */
  | { readonly kind: 'manifest' }
  /** The picture advanced by itself. */
  | { readonly kind: 'moved' }
  /** The picture stands still though it should move. */
  | { readonly kind: 'stalled' }
  /** It has stood still for longer than any wait is good for. */
  | { readonly kind: 'stuck' }
  /** Media arrives that cannot be decoded yet. */
  | { readonly kind: 'keyFrameAwaited' }
  /** A playlist whose newest entry is a gap: the publisher is away. Repeated with each reload. */
  | { readonly kind: 'gapAtEdge' }
  /** A playlist whose newest entry is media. Repeated with each reload. */
  | { readonly kind: 'mediaAtEdge' }
  | { readonly kind: 'endlist' }
  | { readonly kind: 'failed'; readonly error: PlayerError }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' };

export type Command =
  /** Make a new engine and read the playlist from the start. */
  | { readonly kind: 'load' }
  /** End the engine. */
  | { readonly kind: 'unload' }
  /** Ask the server about the stream, once, replacing any question not yet asked. */
  | { readonly kind: 'ask'; readonly when: 'now' | 'soon' | { readonly attempt: number } };

export interface Step {
  readonly watch: Watch;
  readonly commands: readonly Command[];
}

export const INITIAL: Watch = { state: { kind: 'loading', attempt: 0 }, played: false };

/**
 * "Live" this many times in a row without a picture, and the source is loaded again: where media is back, the engine has
 * lost the thread; where there is no engine, by now there is enough media behind the gap to join in; and where the
 * playlist shows nothing but a gap all that time, the engine may be reading a stale one.
 */
const LIVE_ANSWERS = { returned: 4, detached: 3, silent: 20 };

const LOAD: Command = { kind: 'load' };
const UNLOAD: Command = { kind: 'unload' };
const ASK_NOW: Command = { kind: 'ask', when: 'now' };
const ASK_SOON: Command = { kind: 'ask', when: 'soon' };

/** The transition function: total, without side effects; a signal that means nothing in a state changes nothing. */
export function transition(watch: Watch, signal: Signal): Step {
  const [state, ...commands] = next(watch.state, signal);
  const played = watch.played || state.kind === 'playing';
  return { watch: state === watch.state && played === watch.played ? watch : { state, played }, commands };
}

type Next = readonly [WatchState, ...Command[]];

function next(state: WatchState, signal: Signal): Next {
  if (signal.kind === 'start') return [{ kind: 'loading', attempt: 0 }, LOAD];
  if (signal.kind === 'failed') return failed(state, signal.error);
  if (signal.kind === 'answered') return answered(state, signal.answer);
  switch (state.kind) {
    case 'loading':
      return whileLoading(state, signal);
    case 'buffering':
    case 'playing':
    case 'stalled':
      return whileAttached(state, signal);
    case 'paused':
      if (signal.kind === 'endlist') return [{ kind: 'ended' }, UNLOAD, ASK_SOON];
      if (signal.kind !== 'resumed' && signal.kind !== 'moved') return [state];
      if (!state.attached) return [{ kind: 'loading', attempt: 0 }, LOAD];
      return [signal.kind === 'moved' ? { kind: 'playing' } : buffering(0)];
    case 'away':
      return whileAway(state, signal);
    case 'ended':
    case 'absent':
    case 'retrying':
    case 'unplayable':
      return [state];
  }
}

function whileLoading(state: WatchState & { kind: 'loading' }, signal: Signal): Next {
  switch (signal.kind) {
    case 'manifest':
      return [buffering(state.attempt)];
    case 'paused':
      return [{ kind: 'paused', attached: true }];
    case 'stuck':
      return retry(state, { kind: 'network', fatal: true, detail: 'the playlist does not come' });
    default:
      return [state];
  }
}

function whileAttached(state: WatchState, signal: Signal): Next {
  switch (signal.kind) {
    case 'moved':
      return [state.kind === 'playing' ? state : { kind: 'playing' }];
    case 'stalled':
      return state.kind === 'playing' ? [{ kind: 'stalled' }, ASK_NOW] : [state];
    case 'stuck':
      return retry(state, { kind: 'media', fatal: true, detail: 'no picture' });
    case 'keyFrameAwaited':
      return [state.kind === 'buffering' && !state.awaitsKeyFrame ? { ...state, awaitsKeyFrame: true } : state];
    case 'gapAtEdge':
      // An engine that has not begun would try to begin inside the gap.
      return state.kind === 'buffering' ? [away(false), UNLOAD, ASK_SOON] : [away(true), ASK_SOON];
    case 'endlist':
      // What is buffered plays out; a presentation that was over before it was opened is not shown at all.
      return state.kind === 'playing' ? [{ kind: 'ended' }, ASK_SOON] : [{ kind: 'ended' }, UNLOAD, ASK_SOON];
    case 'paused':
      return [{ kind: 'paused', attached: true }];
    default:
      return [state];
  }
}

function whileAway(state: WatchState & { kind: 'away' }, signal: Signal): Next {
  switch (signal.kind) {
    case 'mediaAtEdge':
      return [state.returned ? state : { ...state, returned: true, liveAnswers: 0 }];
    case 'gapAtEdge':
      return [state.returned ? { ...state, returned: false, liveAnswers: 0 } : state];
    case 'moved':
      // What was buffered before the gap still plays out for a moment; that is not the stream coming back.
      return [state.returned ? { kind: 'playing' } : state];
    case 'endlist':
      return [{ kind: 'ended' }, ASK_SOON];
    default:
      return [state];
  }
}

function failed(state: WatchState, error: PlayerError): Next {
  if (!error.fatal) return [state];
  if (state.kind === 'ended' || state.kind === 'absent' || state.kind === 'retrying') return [state, UNLOAD];
  if (state.kind === 'paused') return [{ kind: 'paused', attached: false }, UNLOAD];
  switch (error.kind) {
    case 'absent':
      return [{ kind: 'absent' }, UNLOAD, ASK_SOON];
    case 'browser':
      return [{ kind: 'unplayable', error, epoch: undefined }, UNLOAD];
    case 'codec':
      return [{ kind: 'unplayable', error, epoch: undefined }, UNLOAD, ASK_NOW];
    case 'network':
    case 'media':
      return retry(state, error);
  }
}

function answered(state: WatchState, answer: Answer): Next {
  switch (state.kind) {
    case 'loading':
    case 'buffering':
    case 'playing':
    case 'paused':
      return [state];
    case 'stalled':
      return answer.kind === 'live' ? [state, ASK_SOON] : notLive(state, answer, true);
    case 'away':
      return answer.kind === 'live' ? liveWhileAway(state) : notLive(state, answer, state.attached);
    case 'unplayable':
      return answer.kind === 'live' ? liveWhileUnplayable(state, answer.epoch) : notLive(state, answer, false);
    case 'ended':
      return answer.kind === 'live' ? [{ kind: 'loading', attempt: 0 }, UNLOAD, LOAD] : [state, ASK_SOON];
    case 'absent':
    case 'retrying':
      return answer.kind === 'live' ? [{ kind: 'loading', attempt: attemptOf(state) }, LOAD] : notLive(state, answer, false);
  }
}

/** The server's answer decides, where the engine (if it is attached at all) has nothing to show. */
function notLive(state: WatchState, answer: Exclude<Answer, { kind: 'live' }>, attached: boolean): Next {
  switch (answer.kind) {
    case 'waiting':
      if (state.kind === 'away') return [state.liveAnswers === 0 ? state : { ...state, liveAnswers: 0 }, ASK_SOON];
      return [away(attached), ASK_SOON];
    case 'ended':
      return [{ kind: 'ended' }, UNLOAD, ASK_SOON];
    case 'absent':
      return state.kind === 'absent' ? [state, ASK_SOON] : [{ kind: 'absent' }, UNLOAD, ASK_SOON];
    case 'unreachable':
      return retry(state, { kind: 'network', fatal: true, detail: answer.detail });
  }
}

function liveWhileAway(state: WatchState & { kind: 'away' }): Next {
  const liveAnswers = state.liveAnswers + 1;
  const enough = state.returned ? LIVE_ANSWERS.returned : state.attached ? LIVE_ANSWERS.silent : LIVE_ANSWERS.detached;
  if (liveAnswers < enough) return [{ ...state, liveAnswers }, ASK_SOON];
  return [{ kind: 'loading', attempt: 1 }, UNLOAD, LOAD];
}

function liveWhileUnplayable(state: WatchState & { kind: 'unplayable' }, epoch: number): Next {
  if (state.epoch === undefined) return [{ ...state, epoch }, ASK_SOON];
  return state.epoch === epoch ? [state, ASK_SOON] : [{ kind: 'loading', attempt: 0 }, LOAD];
}

function retry(state: WatchState, error: PlayerError): Next {
  const attempt = attemptOf(state);
  return [{ kind: 'retrying', attempt: attempt + 1, error }, UNLOAD, { kind: 'ask', when: { attempt } }];
}

function attemptOf(state: WatchState): number {
  return state.kind === 'loading' || state.kind === 'buffering' || state.kind === 'retrying' ? state.attempt : 0;
}

function buffering(attempt: number): WatchState {
  return { kind: 'buffering', attempt, awaitsKeyFrame: false };
}

function away(attached: boolean): WatchState {
  return { kind: 'away', attached, returned: false, liveAnswers: 0 };
}
