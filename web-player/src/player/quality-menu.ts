/** The button "Quality" and its menu, after the WAI-ARIA pattern of a menu button with radio items. */
import { buttonLabel, type Choice, type MenuItem } from '../core/quality';
import { h, setAttribute, setText } from '../ui/dom';
import { icon } from '../ui/icons';

export class QualityMenu {
  readonly #text = h('span', { class: 'quality-text' });
  readonly button = h(
    'button',
    { type: 'button', class: 'quality', 'aria-haspopup': 'menu', 'aria-expanded': 'false', hidden: true },
    icon('quality'),
    this.#text,
  );
  readonly #list = h('div', { role: 'menu', 'aria-label': 'Quality' });
  readonly #note = h('p', { class: 'menu-note', hidden: true });
  readonly element = h('div', { class: 'menu', hidden: true }, this.#list, this.#note);
  #items: readonly MenuItem[] = [];
  #shown = '';

  constructor(private readonly onChoose: (choice: Choice) => void) {
    this.button.addEventListener('click', () => (this.open ? this.close() : this.show()));
    this.button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      event.preventDefault();
      event.stopPropagation();
      this.show();
    });
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', (event) => this.#onClick(event));
    this.element.addEventListener('focusout', (event) => {
      const to = event.relatedTarget;
      if (to instanceof Node && (this.element.contains(to) || this.button.contains(to))) return;
      this.#hide();
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** @param note a sentence below the items, empty for none */
  update(items: readonly MenuItem[], note: string): void {
    this.#items = items;
    setAttribute(this.button, 'hidden', items.length === 0);
    const label = buttonLabel(items);
    setText(this.#text, label);
    setAttribute(this.button, 'aria-label', `Quality: ${label}`);
    setAttribute(this.button, 'title', 'Quality (q)');
    setText(this.#note, note);
    setAttribute(this.#note, 'hidden', note === '');
    if (items.length === 0) this.#hide();
    if (this.open) this.#render();
  }

  show(): void {
    if (this.#items.length === 0) return;
    setAttribute(this.element, 'hidden', false);
    setAttribute(this.button, 'aria-expanded', 'true');
    this.#render();
    this.#focus(Math.max(0, this.#items.findIndex((item) => item.checked)));
  }

  close(): void {
    this.#hide();
    this.button.focus();
  }

  #hide(): void {
    setAttribute(this.element, 'hidden', true);
    setAttribute(this.button, 'aria-expanded', 'false');
  }

  #render(): void {
    const shown = JSON.stringify(this.#items);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.#buttons.indexOf(activeIn(this.#list) as HTMLButtonElement);
    this.#list.replaceChildren(
      ...this.#items.map(({ choice, label, note, checked }) =>
        h(
          'button',
          { type: 'button', role: 'menuitemradio', 'aria-checked': String(checked), tabindex: '-1', 'data-choice': choice },
          icon('check'),
          h('span', {}, label),
          note === '' ? undefined : h('small', {}, note),
        ),
      ),
    );
    if (focused >= 0) this.#focus(Math.min(focused, this.#items.length - 1));
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#buttons.indexOf(activeIn(this.#list) as HTMLButtonElement);
    const last = this.#items.length - 1;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#focus(at >= last ? 0 : at + 1),
      ArrowUp: () => this.#focus(at <= 0 ? last : at - 1),
      Home: () => this.#focus(0),
      End: () => this.#focus(last),
      Escape: () => this.close(),
      Tab: () => this.#hide(),
    };
    const move = moves[event.key];
    // Space and Enter press the item; nothing in the menu is a key of the player.
    event.stopPropagation();
    if (move === undefined) return;
    if (event.key !== 'Tab') event.preventDefault();
    move();
  }

  #onClick(event: Event): void {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-choice]') : null;
    const choice = item?.dataset['choice'];
    if (choice === undefined) return;
    this.close();
    this.onChoose(choice);
  }

  get #buttons(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll('button')];
  }

  #focus(index: number): void {
    this.#buttons[index]?.focus();
  }
}

function activeIn(element: HTMLElement): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}
