/** Below the picture of the classic view: asks whether to share, and shows what was shared. */
import { formatBytes } from '../core/format';
import { offload } from '../core/sharing';
import type { MillracePlayer } from '../player/millrace-player';
import { h, setAttribute, setText } from '../ui/dom';

const ASK =
  'Viewers here can pass this video on to each other, which spares the line they have in common. Those with whom you share can see ' +
  'your network address. You can stop at any time.';

export class SharingPanel {
  readonly #text = h('p');
  readonly #yes = h('button', { type: 'button', class: 'button', 'data-consent': 'on' }, 'Share');
  readonly #no = h('button', { type: 'button', class: 'button', 'data-consent': 'off' }, 'Do not share');
  readonly element = h('section', { class: 'sharing', hidden: true, 'aria-label': 'Sharing with other viewers' }, this.#text, this.#yes, this.#no);

  constructor(private readonly player: MillracePlayer) {
    this.#yes.addEventListener('click', () => this.#say('on'));
    this.#no.addEventListener('click', () => this.#say('off'));
  }

  update(): void {
    const { sharing } = this.player;
    setAttribute(this.element, 'hidden', sharing === undefined);
    if (sharing === undefined) return;
    const { tally, consent } = sharing;
    const shared =
      `From other viewers ${Math.round(offload(tally) * 100)} % (${formatBytes(tally.fromViewers)}), from the server ` +
      `${formatBytes(tally.fromServer)}, passed on ${formatBytes(tally.toViewers)}. Connected to ${tally.viewers} viewers.`;
    setText(this.#text, consent === undefined ? ASK : consent === 'on' ? shared : `Not shared with other viewers. ${ASK}`);
    setAttribute(this.#yes, 'hidden', consent === 'on');
    setAttribute(this.#no, 'hidden', consent === 'off');
    setText(this.#no, consent === 'on' ? 'Stop sharing' : 'Do not share');
    setAttribute(this.element, 'data-offload', offload(tally).toFixed(3));
  }

  #say(consent: 'on' | 'off'): void {
    if (this.player.sharing) this.player.sharing.consent = consent;
    this.update();
  }
}
