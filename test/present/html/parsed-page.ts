import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** The page as a browser's parser sees it, with what that parser complains of. */
export function parsePage(html: string): ParsedPage {
  const errors: string[] = [];
  const root = parse(html, { onParseError: (error) => errors.push(`${error.code} at ${error.startOffset}`) });
  return { root, errors };
}

export type ParsedPage = { readonly root: Node; readonly errors: readonly string[] };

/** Names of elements in the order of the page; only those below elements named `below`, where that is given. */
export function elementsOf({ root }: ParsedPage, below?: string): string[] {
  const all = elements(root);
  const within =
    below === undefined ? all : all.filter((one) => one.tagName === below).flatMap(elementsBelow);
  return within.map(({ tagName }) => tagName);
}

export function attributesOf(
  { root }: ParsedPage,
  of?: string,
): { readonly name: string; readonly value: string }[] {
  return elements(root)
    .filter(({ tagName }) => of === undefined || tagName === of)
    .flatMap(({ attrs }) => attrs.map(({ name, value }) => ({ name, value })));
}

export function headingsOf({ root }: ParsedPage): { readonly rank: number; readonly words: string }[] {
  return elements(root)
    .filter(({ tagName }) => /^h[1-6]$/.test(tagName))
    .map((one) => ({ rank: Number(one.tagName[1]), words: textBelow(one) }));
}

/** Elements and attribute names without a word of text: what a name must not be able to change. */
export function skeletonOf({ root }: ParsedPage): string[] {
  return elements(root).map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`);
}

/** The words of the page, its style sheet, its script and what that knows left out. */
export function textOf({ root }: ParsedPage): string {
  return textBelow(root);
}

/** What stands in the page's data block, as it stands there; `null` where it has none. */
export function factsTextOf({ root }: ParsedPage): string | null {
  const block = elements(root).find(({ attrs }) => attrs.some(({ value }) => value === 'application/json'));
  return block === undefined
    ? null
    : block.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

const NOT_READ = new Set(['style', 'script']);

function textBelow(node: Node): string {
  if ('value' in node) return node.value;
  if (!('childNodes' in node) || ('tagName' in node && NOT_READ.has(node.tagName))) return '';
  return node.childNodes.map(textBelow).join('');
}

function elements(node: Node): Element[] {
  const here = 'tagName' in node ? [node] : [];
  return [...here, ...elementsBelow(node)];
}

function elementsBelow(node: Node): Element[] {
  return 'childNodes' in node ? node.childNodes.flatMap(elements) : [];
}
