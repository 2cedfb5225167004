import { formatBytes } from '../../core/bytes.ts';
import type { HeapTile, HeapTileStep, HeapTree } from '../../report/schema.ts';
import { count, percent } from '../figures.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { table } from './table.ts';
import { squarify, type TreemapBox } from './treemap-layout.ts';

/** What keeps how much alive, as boxes in boxes and as a table; nothing where there is none to draw. */
export function treemap(tree: HeapTree): Markup | null {
  const tiles = placed(tree);
  if (tiles.length === 0) return null;
  return element(
    'figure',
    { class: 'treemap' },
    element(
      'figcaption',
      {},
      element(
        'p',
        {},
        `A box is as large as what would go with its object, and lies in the box of the last object that every way to it passes. ` +
          `Of ${formatBytes(tree.retainedBytes)} that are kept alive, ${count(tiles.length)} boxes show what keeps most; the free part of a box is its object and ` +
          'all the smaller ones in it.',
      ),
      legend(tiles),
    ),
    element(
      'svg',
      {
        class: 'tiles',
        width: '100%',
        height: HEIGHT,
        role: 'img',
        'aria-label': `Treemap of ${formatBytes(tree.retainedBytes)} that are kept alive. Its figures are in the table below.`,
      },
      element('rect', { class: 'whole', width: '100%', height: '100%' }),
      tiles.map((tile) => boxOf(tile, tree.retainedBytes)),
    ),
    figures(tiles, tree.retainedBytes),
  );
}

/** The height is in pixels and the width in parts of the page's, which is seldom much wider than this. */
const WIDTH = 1000;
const HEIGHT = 540;
const HEAD_HEIGHT = 19;
const EDGE = 2;
/** A box with less room holds no others. */
const NARROWEST_FRAME = 40;
const LOWEST_FRAME = 40;
const NARROWEST_NAMED = 36;
const LOWEST_NAMED = 15;
const TWO_LINES = 34;
/** Nobody can point at less. */
const SMALLEST_SIDE = 3;
const ROWS_AT_MOST = 60;

type PlacedTile = { readonly tile: HeapTile; readonly box: TreemapBox; readonly depth: number };

/** Each after the one that it lies in. */
function placed({ tiles, retainedBytes }: HeapTree): PlacedTile[] {
  const all: PlacedTile[] = [];
  place(tiles, retainedBytes, { x: 0, y: 0, width: WIDTH, height: HEIGHT }, 0, all);
  return all;
}

function place(
  tiles: readonly HeapTile[],
  wholeBytes: number,
  frame: TreemapBox,
  depth: number,
  all: PlacedTile[],
): void {
  const boxes = squarify(
    tiles.map(({ retainedBytes }) => retainedBytes),
    wholeBytes,
    frame,
  );
  for (const [index, box] of boxes.entries()) {
    const tile = tiles[index];
    if (tile === undefined || box.width < SMALLEST_SIDE || box.height < SMALLEST_SIDE) continue;
    all.push({ tile, box, depth });
    if (tile.tiles.length === 0 || box.width < NARROWEST_FRAME || box.height < LOWEST_FRAME) continue;
    const inside = {
      x: box.x + EDGE,
      y: box.y + HEAD_HEIGHT,
      width: box.width - 2 * EDGE,
      height: box.height - HEAD_HEIGHT - EDGE,
    };
    place(tile.tiles, tile.retainedBytes, inside, depth + 1, all);
  }
}

/** A picture of its own: what of its name does not fit is cut off by its edge. */
function boxOf({ tile, box: { x, y, width, height }, depth }: PlacedTile, wholeBytes: number): Markup {
  const bytes = formatBytes(tile.retainedBytes);
  // What holds no others has room for its size below its name, where the edge cuts it off less often.
  const isSplit = tile.tiles.length === 0 && height >= TWO_LINES;
  const isNamed = width >= NARROWEST_NAMED && height >= LOWEST_NAMED;
  return element(
    'svg',
    {
      class: kindOf(tile),
      'data-depth': depth,
      x: partOf(x),
      y: tenth(y),
      width: partOf(Math.max(1, width - 1)),
      height: tenth(Math.max(1, height - 1)),
    },
    element('title', {}, `${wordsOf(tile)}: ${bytes}, ${shareOf(tile.retainedBytes, wholeBytes)}`),
    element('rect', { width: '100%', height: '100%' }),
    !isNamed
      ? null
      : isSplit
        ? [
            element('text', { x: 5, y: 13.5 }, wordsOf(tile)),
            element('text', { x: 5, y: 29.5, class: 'size' }, bytes),
          ]
        : element('text', { x: 5, y: 13.5 }, `${wordsOf(tile)}  ${bytes}`),
  );
}

/** From the outermost to the innermost, each by the name that holds it, where it has one. */
function wordsOf({ steps }: HeapTile): string {
  // The table that V8 keeps a Map's entries in has no name, and nobody has heard of it.
  const named = steps.filter(({ name }, index) => name !== '' || index === 0);
  const shown = named.length > STEPS_NAMED ? [named[0], null, ...named.slice(1 - STEPS_NAMED)] : named;
  return shown.map((step) => (step == null ? '…' : stepWords(step))).join(' › ');
}

function stepWords({ as, name, type, count: links }: HeapTileStep): string {
  const what = `${name === '' ? `(${type})` : name}${links === 1 ? '' : ` ×${count(links)}`}`;
  return as === null || as === what ? what : `${as}: ${what}`;
}

const STEPS_NAMED = 3;

type Kind = 'objects' | 'code' | 'text' | 'lists' | 'outside';

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  objects: 'objects',
  lists: 'arrays and tables of V8',
  text: 'text',
  code: 'functions and code',
  outside: "outside of V8's heap",
};

/** By the last step that has a name, which is where the bytes are. */
function kindOf({ steps }: HeapTile): Kind {
  const last = steps.findLast(({ name }) => name !== '') ?? steps[0];
  switch (last?.type) {
    case 'closure':
    case 'code':
    case 'object shape':
      return 'code';
    case 'string':
    case 'concatenated string':
    case 'sliced string':
    case 'regexp':
      return 'text';
    case 'array':
      return 'lists';
    case 'native':
      return 'outside';
    default:
      return 'objects';
  }
}

function legend(tiles: readonly PlacedTile[]): Markup {
  const met = new Set(tiles.map(({ tile }) => kindOf(tile)));
  return classed(
    'ul',
    'legend owners',
    Object.entries(KIND_WORDS)
      .filter(([kind]) => met.has(kind as Kind))
      .map(([kind, words]) => classed('li', kind, words)),
  );
}

/** In the order of the boxes: each below the one it lies in. */
function figures(tiles: readonly PlacedTile[], wholeBytes: number): Markup {
  const shown = tiles.slice(0, ROWS_AT_MOST);
  return element(
    'details',
    {},
    element('summary', {}, 'The figures of this picture as a table'),
    table(
      {
        caption:
          tiles.length > shown.length
            ? `The first ${shown.length} of ${tiles.length} boxes, each below the one it lies in.`
            : 'Each below the one it lies in.',
        columns: [
          { name: 'object' },
          { name: 'in box', isNumber: true },
          { name: 'retained', isNumber: true },
          { name: 'itself', isNumber: true },
          { name: 'share', isNumber: true },
        ],
      },
      shown.map(({ tile, depth }): Content[] => [
        [
          depth === 0 ? null : classed('span', 'depth', '· '.repeat(Math.min(depth, DEPTH_SHOWN))),
          classed('span', 'name', wordsOf(tile)),
          classed('span', 'type', ` @${tile.steps[0]?.id ?? 0}`),
        ],
        String(depth + 1),
        formatBytes(tile.retainedBytes),
        formatBytes(tile.selfBytes),
        shareOf(tile.retainedBytes, wholeBytes),
      ]),
    ),
  );
}

const DEPTH_SHOWN = 8;

function shareOf(bytes: number, wholeBytes: number): string {
  return percent(Math.round((bytes / wholeBytes) * 1000) / 1000);
}

function partOf(units: number): string {
  return `${Math.round((units / WIDTH) * 100_000) / 1000}%`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
