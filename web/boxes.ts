/**
 * The boxes of the flame graphs and treemaps, for who can't hover: each picture can be focused, arrows move from box to box, and a box
 * that is reached or clicked says what else its tooltip would. The pictures may change meanwhile, so nothing is kept of them.
 */
export class Boxes {
  readonly #tip = element('div', 'tip of-box');
  readonly #aloud = element('p', 'unseen');
  #current: Element | null = null;

  constructor() {
    this.#tip.hidden = true;
    this.#tip.ariaHidden = 'true';
    this.#aloud.ariaLive = 'polite';
    document.body.append(this.#tip, this.#aloud);
    document.addEventListener('keydown', this.#onKey);
    document.addEventListener('click', ({ target }) => {
      const box = target instanceof Element ? target.closest(BOXES) : null;
      if (box !== null) this.#show(box);
    });
    document.addEventListener('focusout', () => this.#hide());
  }

  /** After the page has changed. */
  prepare(): void {
    for (const picture of document.querySelectorAll(PICTURES)) {
      picture.setAttribute('tabindex', '0');
      picture.ariaDescription = 'Arrow keys move from box to box.';
    }
    // It may be another size now, or stand elsewhere.
    if (this.#current?.isConnected === true) this.#show(this.#current);
    else this.#hide();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || !target.matches(PICTURES)) return;
    const boxes = [...target.querySelectorAll(':scope > svg')];
    const at = this.#current === null ? -1 : boxes.indexOf(this.#current);
    const next = nextIndex(key, at, boxes.length);
    if (next === null && key !== 'Escape') return;
    const box = next === null ? undefined : boxes[next];
    if (box === undefined) this.#hide();
    else {
      box.scrollIntoView({ block: 'nearest' });
      this.#show(box);
    }
    event.preventDefault();
  };

  #show(box: Element): void {
    this.#hide();
    this.#current = box;
    box.setAttribute(REACHED, '');
    const words = box.querySelector('title')?.textContent ?? '';
    this.#tip.textContent = words;
    if (this.#aloud.textContent !== words) this.#aloud.textContent = words;
    this.#tip.hidden = false;
    const { left, top, bottom } = box.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#tip;
    const rightmost = document.documentElement.clientWidth - offsetWidth - GAP_PX;
    // Below a narrow box, or in a large one above its edge: always near where one looks.
    const below = Math.min(bottom, top + DEEPEST_PX) + GAP_PX;
    const isBelow = below + offsetHeight < innerHeight;
    this.#tip.style.left = `${scrollX + Math.max(GAP_PX, Math.min(left, rightmost))}px`;
    this.#tip.style.top = `${scrollY + (isBelow ? below : top - offsetHeight - GAP_PX)}px`;
  }

  #hide(): void {
    this.#current?.removeAttribute(REACHED);
    this.#current = null;
    this.#tip.hidden = true;
  }
}

/** Marks the box that was reached; the style sheet and `morph.ts` know it. */
export const REACHED = 'data-reached';

const PICTURES = 'svg.flame, svg.tiles';
const BOXES = 'svg.flame > svg, svg.tiles > svg';
const GAP_PX = 6;
const DEEPEST_PX = 40;

/** They stand in the order of a table: each after the one that it lies in, or is called by. */
function nextIndex(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Enter':
      return Math.max(0, at);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function element(name: 'div' | 'p', className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
