/**
 * Changes what `root` holds into `html` and touches only what differs, so that what is selected, focused, scrolled or unfolded
 * stays so while the page goes on changing. Elements of which `isKept` is true keep what is in them.
 *
 * The HTML is parsed into a template, which runs nothing and loads nothing; the page's policy would not run it either.
 */
export function morphInto(root: Element, html: string, isKept: (element: Element) => boolean): void {
  const template = document.createElement('template');
  template.innerHTML = html;
  morphChildren(root, template.content, isKept);
}

function morphChildren(from: Node, to: Node, isKept: (element: Element) => boolean): void {
  let old = from.firstChild;
  for (const next of Array.from(to.childNodes)) {
    const match = findMatch(old, next);
    if (match === null) {
      from.insertBefore(next, old);
      continue;
    }
    while (old !== null && old !== match) old = removed(old);
    old = match.nextSibling;
    morphNode(match, next, isKept);
  }
  while (old !== null) old = removed(old);
}

/** The next sibling that is the same thing; with an id or a class it has to be the same one. */
function findMatch(from: ChildNode | null, next: Node): ChildNode | null {
  for (let candidate = from; candidate !== null; candidate = candidate.nextSibling) {
    if (isSameKind(candidate, next)) return candidate;
  }
  return null;
}

function isSameKind(one: Node, other: Node): boolean {
  if (one.nodeName !== other.nodeName) return false;
  if (!(one instanceof Element) || !(other instanceof Element)) return true;
  // The verdict's class changes with it.
  const firstClass = (element: Element): string => element.classList.item(0) ?? '';
  return one.id === other.id && firstClass(one) === firstClass(other);
}

function morphNode(from: Node, to: Node, isKept: (element: Element) => boolean): void {
  if (!(from instanceof Element) || !(to instanceof Element)) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (isKept(from)) return;
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const name of from.getAttributeNames()) {
    if (!to.hasAttribute(name) && !OF_THE_READER.has(name)) from.removeAttribute(name);
  }
  morphChildren(from, to, isKept);
}

/** What the reader has unfolded, and what can be reached by keys. Which box was reached `boxes.ts` finds again itself. */
const OF_THE_READER = new Set(['open', 'tabindex', 'aria-description']);

function removed(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  node.remove();
  return next;
}
