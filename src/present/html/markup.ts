/**
 * A piece of a document that is HTML already. Only this file makes one, out of names that stand in our code and text
 * that may stand anywhere: text becomes characters, never an element, an attribute or the end of one.
 */
export type Markup = { readonly html: string };

/** What an element holds: text is escaped, nothing is left out. */
export type Content = string | Markup | null | readonly Content[];

/** An attribute that is `null` is left out. */
export type Attributes = Readonly<Record<string, string | number | null>>;

export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const opening = `<${name}${Object.entries(attributes).map(attributeHtml).join('')}>`;
  return VOID_ELEMENTS.has(name)
    ? { html: opening }
    : { html: `${opening}${contentHtml(content)}</${name}>` };
}

/** An element with a class and nothing else, as most are. */
export function classed(name: string, className: string, ...content: readonly Content[]): Markup {
  return element(name, { class: className }, ...content);
}

/** Text of ours that the parser reads as it stands: a style sheet, a script. It must not hold the end of its element. */
export function rawText(name: 'style' | 'script', text: string): Markup {
  return { html: `<${name}>${text}</${name}>` };
}

/**
 * Facts for the script of the page, which runs nothing by itself: a browser leaves scripts of this type alone. What is no
 * printable ASCII, and what HTML could read as its own, stands in it as escapes, so that no name in it can end it.
 */
export function dataBlock(id: string, facts: unknown): Markup {
  const json = JSON.stringify(facts).replace(
    /[<>&]|[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { html: `<script type="application/json" id="${escapeHtml(id)}">${json}</script>` };
}

/** A whole page. */
export function documentHtml(root: Markup): string {
  return `<!doctype html>\n${root.html}\n`;
}

/** A piece of a page, to be set into one that is open. */
export function htmlOf(content: Content): string {
  return contentHtml(content);
}

export function isEmpty(content: Content): boolean {
  if (content === null || content === '') return true;
  return typeof content !== 'string' && !('html' in content) && content.every(isEmpty);
}

function contentHtml(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if ('html' in content) return content.html;
  return content.map(contentHtml).join('');
}

function attributeHtml([name, value]: [string, string | number | null]): string {
  return value === null ? '' : ` ${name}="${escapeHtml(String(value))}"`;
}

/** Good for text and for attributes in double quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITY_BY_CHARACTER[character] ?? character);
}

const ENTITY_BY_CHARACTER: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const VOID_ELEMENTS = new Set(['br', 'hr', 'input', 'link', 'meta', 'wbr']);
