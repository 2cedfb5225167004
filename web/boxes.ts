/**
 * The boxes of the flame graphs and treemaps, for who can't hover: each picture can be focused, arrows move from box to box, and a box
 * that is reached or clicked says what else its tooltip would. The pictures may change meanwhile, and a box that was reached is looked up
 * again by what it is: another function may have its element then.
 */
export class Boxes {
  readonly #tip = element('div', 'tip of-box');
  readonly #aloud = element('p', 'unseen');
  #reached: Reached | null = null;

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
    // Other moments were chosen, and so another graph is drawn: who listens at the graph's own element did that before.
    document.addEventListener('change', () => this.#showAgain());
  }

  /** After the page has changed. */
  prepare(): void {
    for (const picture of document.querySelectorAll(PICTURES)) {
      picture.setAttribute('tabindex', '0');
      picture.ariaDescription = 'Arrow keys move from box to box.';
    }
    this.#showAgain();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || !target.matches(PICTURES)) return;
    const boxes = [...target.querySelectorAll(':scope > svg')];
    const at = this.#reached === null ? -1 : boxes.indexOf(this.#reached.box);
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

  /** What was reached, in its size and at its place of now; nothing where it is no longer drawn. */
  #showAgain(): void {
    if (this.#reached === null) return;
    const { box, picture, way } = this.#reached;
    // Of boxes that nothing tells apart the one that it was before.
    const found = picture.isConnected
      ? [box, ...picture.children].find((one) => one.parentElement === picture && wayTo(one) === way)
      : undefined;
    if (found === undefined) this.#hide();
    else this.#show(found);
  }

  #show(box: Element): void {
    const { parentElement: picture } = box;
    if (picture === null) return;
    this.#hide();
    this.#reached = { box, picture, way: wayTo(box) };
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
    this.#reached?.box.removeAttribute(REACHED);
    this.#reached = null;
    this.#tip.hidden = true;
  }
}

type Reached = {
  readonly box: Element;
  readonly picture: Element;
  readonly way: string;
};

/**
 * What a box is, whatever its size: its name and place, and those of the boxes that it lies in or is called by. They stand before it, each
 * one less deep than the next.
 */
function wayTo(box: Element): string {
  const names = [nameOf(box)];
  let depth = depthOf(box);
  for (
    let before = box.previousElementSibling;
    before !== null && depth > 0;
    before = before.previousElementSibling
  ) {
    if (!(depthOf(before) < depth)) continue;
    depth = depthOf(before);
    names.push(nameOf(before));
  }
  return names.join('\n');
}

/** The title without its last part, which is the size. */
function nameOf(box: Element): string {
  const words = box.querySelector(':scope > title')?.textContent ?? '';
  return words.slice(0, words.lastIndexOf(': '));
}

function depthOf(box: Element): number {
  return Number(box.getAttribute('data-depth') ?? NaN);
}

/** Marks the box that was reached; the style sheet knows it. */
const REACHED = 'data-reached';

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
