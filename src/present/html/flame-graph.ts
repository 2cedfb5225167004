import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Report } from '../../report/schema.ts';
import { flameFigures } from './flame-figures.ts';
import { type FlameLayout, flameLayout, lastingBytesOf } from './flame-layout.ts';
import { flameLegend, flamePicture } from './flame-picture.ts';
import { bytesBetween, growthMoments, momentWords } from './growth-moments.ts';
import { element, type Markup } from './markup.ts';

/**
 * Where what stays was allocated, as a flame graph and as a table; nothing where nothing was sampled that stayed. It needs no script, so
 * beside what stayed it has a picture of each fifth of the window; where a script runs, the reader chooses any two moments instead.
 */
export function flameGraph({ sampledGrowth: growth }: Pick<Report, 'sampledGrowth'>): Markup | null {
  if (growth === null) return null;
  const layout = largestBoxes(flameLayout(growth), BOXES_AT_MOST);
  if (layout.boxes.length === 0) return null;
  const slices = slicesOf(growth);
  return element(
    'figure',
    { class: 'flames' },
    element('figcaption', {}, element('p', {}, captionWords(growth, layout.bytes)), flameLegend(growth)),
    slices.length === 0 ? null : chooser(slices, growth),
    flamePicture(layout, growth, 'part-all', 'that stayed'),
    slices.map(({ layout: slice, name, words }) =>
      flamePicture(slice, growth, name, `allocated from ${words}`),
    ),
    flameFigures(growth, lastingBytesOf, layout.bytes),
  );
}

/** The other pictures are for comparing shapes. */
const NARROWEST_OF_SLICE = 0.01;
const BOXES_OF_SLICE = 80;
/** With as many stacks as a report holds, none like another, more would make the page of an hour larger than a megabyte. */
const BOXES_AT_MOST = 500;

type Growth = NonNullable<Report['sampledGrowth']>;

/** What was allocated between two neighbouring moments and stayed. */
type Slice = { readonly name: string; readonly words: string; readonly layout: FlameLayout };

/**
 * One for each fifth of the window that the report tells. A leak is in each alike; what is made once, as a cache that is filled, is in
 * one, and what is only in use is in the last.
 */
function slicesOf(growth: Growth): Slice[] {
  const moments = growthMoments(growth);
  return moments.slice(1).map((untilMs, part) => ({
    name: `part-${part}`,
    words: `${momentWords(moments[part])} to ${momentWords(untilMs)} s`,
    layout: largestBoxes(
      flameLayout(growth, bytesBetween(part, part + 1), NARROWEST_OF_SLICE),
      BOXES_OF_SLICE,
    ),
  }));
}

/** Of callers and what they call the callers first, so that no box hangs in the air. */
function largestBoxes(layout: FlameLayout, most: number): FlameLayout {
  const boxes = layout.boxes.toSorted((a, b) => b.bytes - a.bytes || a.depth - b.depth);
  return { ...layout, boxes: boxes.slice(0, most) };
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

function captionWords({ fromMs, untilMs, samplingIntervalBytes, liveBytes }: Growth, bytes: number): string {
  return (
    `Allocated from ${formatDuration(fromMs)} to ${formatDuration(untilMs)} and still alive then: ${formatBytes(liveBytes)}, ` +
    `by V8's samples, one in ${formatBytes(samplingIntervalBytes)}. The graph shows the ${formatBytes(bytes)} that outlived the ` +
    'last fifth of that time; the rest may only be in use.'
  );
}
