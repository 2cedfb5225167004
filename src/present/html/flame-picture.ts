import { formatBytes } from '../../core/bytes.ts';
import type { Report, ReportLocation } from '../../report/schema.ts';
import { placeWords } from '../place-words.ts';
import { frameName, type FrameOwner, frameOwner } from '../sampled-words.ts';
import type { FlameBox, FlameLayout } from './flame-layout.ts';
import { classed, element, type Markup } from './markup.ts';

/** A flame graph as a picture; `words` say of which bytes. */
export function flamePicture(
  { boxes, bytes, depth }: FlameLayout,
  growth: Growth,
  name: string,
  words: string,
): Markup {
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
      class: frameOwner(location),
      'data-depth': depth,
      x: percentOf(from),
      y: depth * ROW_HEIGHT,
      width: percentOf(share),
      height: ROW_HEIGHT - 1,
    },
    element('title', {}, `${nameAndPlace(location)}: ${formatBytes(bytes)}`),
    element('rect', { width: '100%', height: '100%' }),
    share < NARROWEST_NAMED ? null : element('text', { x: 5, y: 14.5 }, frameName(location)),
  );
}

const ROW_HEIGHT = 21;
/** Narrower boxes have no room for a letter even on a wide page. */
const NARROWEST_NAMED = 0.02;

type Growth = NonNullable<Report['sampledGrowth']>;

/** Whose functions its colours stand for. */
export function flameLegend({ frames }: Growth): Markup {
  const met = new Set(frames.map(frameOwner));
  return classed(
    'ul',
    'legend owners',
    Object.entries(OWNER_WORDS)
      .filter(([name]) => met.has(name as FrameOwner))
      .map(([name, words]) => classed('li', name, words)),
  );
}

const OWNER_WORDS: Readonly<Record<FrameOwner, string>> = {
  own: "the program's own",
  package: 'packages',
  node: 'Node and V8',
};

function nameAndPlace(location: ReportLocation): string {
  const words = location.file === '' ? '' : `, ${placeWords(location)}`;
  return `${frameName(location)}${words}${location.package === null ? '' : ` in package ${location.package}`}`;
}

function percentOf(share: number): string {
  return `${Math.round(share * 100_000) / 1000}%`;
}
