import type { Message } from '../core/messages';
import { h, setAttribute, setText } from '../ui/dom';

/** The message over the picture; announced to screen readers when it changes. */
export class Overlay {
  readonly #title = h('p', { class: 'title' });
  readonly #detail = h('p', { class: 'detail' });
  readonly element = h(
    'div',
    { class: 'overlay', hidden: true },
    h('div', { class: 'sign', 'aria-hidden': 'true' }),
    h('div', { role: 'status', 'aria-live': 'polite' }, this.#title, this.#detail),
  );

  show(message: Message | undefined): void {
    setAttribute(this.element, 'hidden', message === undefined);
    setAttribute(this.element, 'data-tone', message?.tone);
    setText(this.#title, message?.title ?? '');
    setText(this.#detail, message?.detail ?? '');
  }
}
