import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Report, ReportLocation } from '../../report/schema.ts';
import { percent } from '../figures.ts';
import { placeWords } from '../finding-lines.ts';
import { type FlameBox, type FlameLayout, flameLayout } from './flame-layout.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { table } from './table.ts';

/** Where what stays was allocated, as a flame graph and as a table; nothing where nothing was sampled that stayed. */
export function flameGraph({ sampledGrowth: growth }: Pick<Report, 'sampledGrowth'>): Markup | null {
  if (growth === null) return null;
  const layout = flameLayout(growth);
  if (layout.boxes.length === 0) return null;
  const slices = slicesOf(growth);
  return element(
    'figure',
    { class: 'flames' },
    element('figcaption', {}, element('p', {}, captionWords(growth, layout.bytes)), legend(growth)),
    slices.length === 0 ? null : chooser(slices, growth),
    picture(layout, growth, 'part-all', 'that stayed'),
    slices.map(({ layout: slice, name, words }) => picture(slice, growth, name, `allocated from ${words}`)),
    figures(growth, layout.bytes),
  );
}

const ROW_HEIGHT = 21;
/** Narrower boxes have no room for a letter even on a wide page. */
const NARROWEST_NAMED = 0.02;
const ROWS_AT_MOST = 20;
/** The other pictures are for comparing shapes, and a live page is sent whole. */
const NARROWEST_OF_SLICE = 0.01;
const BOXES_OF_SLICE = 150;
const PARTS_AT_MOST = 5;

type Growth = NonNullable<Report['sampledGrowth']>;

/** What was allocated between two neighbouring moments and stayed. */
type Slice = { readonly name: string; readonly words: string; readonly layout: FlameLayout };

/**
 * One for each fifth of the window that the report tells. A leak is in each alike; what is made once, as a cache that is filled, is in
 * one, and what is only in use is in the last.
 */
function slicesOf(growth: Growth): Slice[] {
  const parts = Math.min(PARTS_AT_MOST, ...growth.stacks.map(({ bytesByAge }) => bytesByAge.length));
  if (!(parts > 1)) return [];
  const seconds = (part: number): string =>
    ((growth.fromMs + ((growth.untilMs - growth.fromMs) * part) / parts) / 1000).toFixed(1);
  return Array.from({ length: parts }, (_, part) => ({
    name: `part-${part}`,
    words: `${seconds(part)} to ${seconds(part + 1)} s`,
    layout: largestBoxes(flameLayout(growth, ({ bytesByAge }) => bytesByAge[part] ?? 0, NARROWEST_OF_SLICE)),
  }));
}

/** Of callers and what they call the callers first, so that no box hangs in the air. */
function largestBoxes(layout: FlameLayout): FlameLayout {
  const boxes = layout.boxes.toSorted((a, b) => b.bytes - a.bytes || a.depth - b.depth);
  return { ...layout, boxes: boxes.slice(0, BOXES_OF_SLICE) };
}

/** Which picture is seen. It needs no script: the style sheet shows the one that is chosen. */
function chooser(slices: readonly Slice[], growth: Growth): Markup {
  // What a group of buttons is called must differ from that of the other side of a comparison.
  const group = `moments-${growth.fromMs}-${growth.untilMs}-${growth.liveBytes}`;
  const choice = (name: string, words: string, isFirst: boolean): Markup =>
    element(
      'label',
      {},
      element('input', { type: 'radio', name: group, class: name, checked: isFirst ? '' : null }),
      ` ${words}`,
    );
  return element(
    'fieldset',
    { class: 'moments' },
    element('legend', {}, 'allocated, at about'),
    choice('part-all', 'all but the last fifth', true),
    slices.map(({ name, words }) => choice(name, words, false)),
  );
}

function picture({ boxes, bytes, depth }: FlameLayout, growth: Growth, name: string, words: string): Markup {
  return element(
    'svg',
    {
      class: `flame ${name}`,
      width: '100%',
      height: Math.max(1, depth) * ROW_HEIGHT,
      role: 'img',
      'aria-label': `Flame graph of ${formatBytes(bytes)} ${words}, the outermost call on top. Its figures are in the table below.`,
    },
    boxes.map((box) => boxOf(box, growth)),
  );
}

/** A picture of its own: what of its name does not fit is cut off by its edge. */
function boxOf({ frame, depth, from, share, bytes }: FlameBox, { frames }: Growth): Markup | null {
  const location = frames[frame];
  if (location === undefined) return null;
  return element(
    'svg',
    {
      class: ownerClass(location),
      x: percentOf(from),
      y: depth * ROW_HEIGHT,
      width: percentOf(share),
      height: ROW_HEIGHT - 1,
    },
    element('title', {}, `${nameAndPlace(location)}: ${formatBytes(bytes)}`),
    element('rect', { width: '100%', height: '100%' }),
    share < NARROWEST_NAMED ? null : element('text', { x: 5, y: 14.5 }, nameWords(location)),
  );
}

function captionWords({ fromMs, untilMs, samplingIntervalBytes, liveBytes }: Growth, bytes: number): string {
  return (
    `Allocated from ${formatDuration(fromMs)} to ${formatDuration(untilMs)} and still alive then: ${formatBytes(liveBytes)}, ` +
    `by V8's samples, one in ${formatBytes(samplingIntervalBytes)}. The graph shows the ${formatBytes(bytes)} that outlived the ` +
    'last fifth of that time; the rest may only be in use.'
  );
}

function legend({ frames }: Growth): Markup {
  const met = new Set(frames.map(ownerClass));
  return classed(
    'ul',
    'legend owners',
    Object.entries(OWNER_WORDS)
      .filter(([name]) => met.has(name as Owner))
      .map(([name, words]) => classed('li', name, words)),
  );
}

/** A row for each stack; who allocates, and who of the program's own had it do so. */
function figures({ frames, stacks }: Growth, wholeBytes: number): Markup {
  const lasting = stacks.filter(({ lastingBytes }) => lastingBytes > 0);
  const shown = lasting.slice(0, ROWS_AT_MOST);
  const hasParts = shown.some(({ bytesByAge }) => bytesByAge.length > 1);
  const place = (location: ReportLocation | undefined): Content =>
    location === undefined
      ? '–'
      : [
          classed('span', 'name', nameWords(location)),
          location.file === '' ? null : [' ', classed('code', 'place', placeWords(location))],
        ];
  return element(
    'details',
    {},
    element('summary', {}, 'The figures of this graph as a table'),
    table(
      {
        caption:
          lasting.length > shown.length
            ? `The ${shown.length} heaviest of ${lasting.length} stacks.`
            : 'A row for each stack, the heaviest first.',
        columns: [
          { name: 'allocates' },
          { name: "innermost of the program's own" },
          { name: 'stayed', isNumber: true },
          { name: 'share', isNumber: true },
          ...(hasParts ? [{ name: 'in each fifth' }] : []),
        ],
      },
      shown.map(({ lastingBytes, bytesByAge, frames: stack }) => {
        const locations = stack.flatMap((index) => frames[index] ?? []);
        return [
          place(locations[0]),
          place(locations.find((location) => ownerClass(location) === 'own')),
          formatBytes(lastingBytes),
          percent(Math.round((lastingBytes / wholeBytes) * 1000) / 1000),
          ...(hasParts ? [bytesByAge.slice(0, PARTS_AT_MOST).map(formatBytes).join(' · ')] : []),
        ];
      }),
    ),
  );
}

type Owner = 'own' | 'package' | 'node';

const OWNER_WORDS: Readonly<Record<Owner, string>> = {
  own: "the program's own",
  package: 'packages',
  node: 'Node and V8',
};

function ownerClass({ file, package: name }: ReportLocation): Owner {
  if (file === '' || file.startsWith('node:')) return 'node';
  return name === null ? 'own' : 'package';
}

function nameWords({ function: name, file }: ReportLocation): string {
  return name ?? (file === '' ? 'V8' : 'a function without a name');
}

function nameAndPlace(location: ReportLocation): string {
  const words = location.file === '' ? '' : `, ${placeWords(location)}`;
  return `${nameWords(location)}${words}${location.package === null ? '' : ` in package ${location.package}`}`;
}

function percentOf(share: number): string {
  return `${Math.round(share * 100_000) / 1000}%`;
}
