import { element, type Content, type Markup } from './markup.ts';

export type TableHead = {
  /** Said before the table; a screen reader reads it first. */
  readonly caption: string | null;
  readonly columns: readonly { readonly name: string; readonly isNumber?: boolean }[];
};

/** Rows under a head; the first cell names its row. */
export function table({ caption, columns }: TableHead, rows: readonly (readonly Content[])[]): Markup {
  const numberClass = (index: number): string | null => (columns[index]?.isNumber === true ? 'number' : null);
  return element(
    'table',
    {},
    caption === null ? null : element('caption', {}, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        columns.map(({ name }, index) => element('th', { scope: 'col', class: numberClass(index) }, name)),
      ),
    ),
    element(
      'tbody',
      {},
      rows.map((cells) =>
        element(
          'tr',
          {},
          cells.map((cell, index) =>
            index === 0
              ? element('th', { scope: 'row', class: numberClass(index) }, cell)
              : element('td', { class: numberClass(index) }, cell),
          ),
        ),
      ),
    ),
  );
}
