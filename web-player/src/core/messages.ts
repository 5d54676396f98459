/** What the page says over the picture in each state; nothing while the picture speaks for itself. */
import { describeError } from './errors';
import type { Watch } from './machine';

export interface Message {
  readonly title: string;
  readonly detail: string;
  /** A spinner where something is being waited for, a sign where nothing but the publisher can help. */
  readonly tone: 'wait' | 'problem';
}

/** A publisher that has just come back is given this many answers of the server to send its first picture. */
const SILENT_ANSWERS = 3;

export function messageOf({ state, played }: Watch): Message | undefined {
  switch (state.kind) {
    case 'playing':
    case 'paused':
      return undefined;
    case 'loading':
      return wait('Connecting…', '');
    case 'buffering':
      return state.awaitsKeyFrame
        ? wait(
            'Waiting for a key frame…',
            'The streamer sends one only now and then; the picture starts with the next one.',
          )
        : wait('Starting…', '');
    case 'stalled':
      return wait('Waiting for media…', 'The connection or the stream is too slow at the moment.');
    case 'away':
      if (state.returned || (!state.attached && state.liveAnswers > 0)) return wait('The stream is back', 'Joining…');
      return state.liveAnswers >= SILENT_ANSWERS
        ? wait('No picture at the moment', 'The streamer is connected, but sends nothing that can be shown.')
        : wait('The streamer has left', 'Waiting for the stream to return… It goes on here by itself.');
    case 'ended':
      return wait('The stream has ended', 'When it starts again, it plays here by itself.');
    case 'absent':
      return played
        ? wait('The streamer has left', 'Waiting for the stream to return… It goes on here by itself.')
        : wait('Not on air yet', 'The stream has not started. It plays here by itself as soon as it does.');
    case 'retrying':
      return state.error.kind === 'media'
        ? wait('Starting again…', `Attempt ${state.attempt}: ${describeError(state.error)}.`)
        : wait('Connection lost', `Trying again (attempt ${state.attempt}): ${describeError(state.error)}.`);
    case 'unplayable':
      return { tone: 'problem', ...unplayable(state.error.kind === 'codec' ? state.error.codecs : undefined) };
  }
}

function wait(title: string, detail: string): Message {
  return { title, detail, tone: 'wait' };
}

function unplayable(codecs: readonly string[] | undefined): { title: string; detail: string } {
  if (codecs === undefined) {
    return {
      title: 'This browser cannot play live streams',
      detail: 'It has no Media Source Extensions. A current Chrome, Edge, Firefox or Safari plays this page.',
    };
  }
  const names = codecs.length === 0 ? 'a codec that it does not know' : codecs.join(' and ');
  return {
    title: 'This browser cannot play this stream',
    detail:
      `The streamer sends ${names}. ` +
      (names.includes('H.265')
        ? 'Safari plays H.265, and Chrome and Edge do on machines that decode it in hardware; or the streamer can send H.264.'
        : 'Another browser may play it; or the streamer can send H.264 and AAC, which play everywhere.'),
  };
}
