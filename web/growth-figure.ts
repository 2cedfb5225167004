import { formatBytes } from '../src/core/bytes.ts';
import { formatDuration } from '../src/core/duration.ts';
import { flameFigures } from '../src/present/html/flame-figures.ts';
import { flameLayout, lastingBytesOf } from '../src/present/html/flame-layout.ts';
import { flameLegend, flamePicture } from '../src/present/html/flame-picture.ts';
import { bytesBetween, growthMoments, momentWords } from '../src/present/html/growth-moments.ts';
import { element, type Markup } from '../src/present/html/markup.ts';
import type { GrowthFacts } from '../src/present/html/script-facts.ts';

/** Two of a window's moments, by their indices, the first before the second. */
export type Moments = { readonly from: number; readonly until: number };

/** All but the last part of the window, of which some may only be in use. */
export function firstMoments(growth: GrowthFacts['growth']): Moments {
  return { from: 0, until: Math.max(1, growthMoments(growth).length - 2) };
}

/**
 * What was allocated between two moments and stayed, as a flame graph and as a table, with the moments to choose. Where the report does not
 * tell of moments, what outlived the last fifth of the window.
 */
export function growthFigure(growth: GrowthFacts['growth'], { from, until }: Moments): Markup {
  const momentsMs = growthMoments(growth);
  const hasMoments = momentsMs.length > 0;
  const bytesOf = hasMoments ? bytesBetween(from, until) : lastingBytesOf;
  const layout = flameLayout(growth, bytesOf);
  const words = hasMoments
    ? `allocated from ${momentWords(momentsMs[from])} to ${momentWords(momentsMs[until])} s`
    : 'that outlived the last fifth';
  return element(
    'figure',
    { class: 'flames' },
    element('figcaption', {}, element('p', {}, windowWords(growth)), flameLegend(growth)),
    hasMoments
      ? element(
          'div',
          { class: 'between' },
          choice('from', 'allocated from about', momentsMs, { chosen: from, first: 0 }),
          choice('until', 'to', momentsMs, { chosen: until, first: 1 }),
        )
      : null,
    element('p', { class: 'sum', role: 'status' }, `Drawn: ${formatBytes(layout.bytes)} ${words}.`),
    flamePicture(layout, growth, 'chosen', words),
    flameFigures(growth, bytesOf, layout.bytes),
  );
}

function windowWords({ fromMs, untilMs, samplingIntervalBytes, liveBytes }: GrowthFacts['growth']): string {
  return (
    `Allocated from ${formatDuration(fromMs)} to ${formatDuration(untilMs)} and still alive then: ${formatBytes(liveBytes)}, ` +
    `by V8's samples, one in ${formatBytes(samplingIntervalBytes)}. Of the last fifth of that time some may only be in use.`
  );
}

function choice(
  name: keyof Moments,
  words: string,
  momentsMs: readonly number[],
  { chosen, first }: { readonly chosen: number; readonly first: number },
): Markup {
  const shown = momentsMs.slice(first, momentsMs.length - 1 + first);
  return element(
    'label',
    { class: name },
    `${words} `,
    element(
      'select',
      { class: name },
      shown.map((momentMs, index) =>
        element(
          'option',
          { value: first + index, selected: first + index === chosen ? '' : null },
          `${momentWords(momentMs)} s`,
        ),
      ),
    ),
  );
}
