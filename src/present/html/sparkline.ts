import type { Report } from '../../report/schema.ts';
import { count } from '../figures.ts';
import { element, type Markup } from './markup.ts';

/**
 * How a container's entries went, small enough for a cell. Its height is from the fewest to the most of this container alone: it
 * shows a shape, and the figures beside it say how much. What never changed is a line in the middle.
 */
export function sparkline(
  counts: Report['containers'][number]['counts'],
  span: SparkSpan,
  label: string = walkWords(counts),
): Markup | null {
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sizes = counts.map(({ size }) => size);
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const x = (timeMs: number): number =>
    tenth(EDGE + ((timeMs - span.fromMs) / Math.max(1, span.untilMs - span.fromMs)) * (WIDTH - 2 * EDGE));
  const y = (size: number): number =>
    tenth(
      most === fewest
        ? HEIGHT / 2
        : HEIGHT - EDGE - ((size - fewest) / (most - fewest)) * (HEIGHT - 2 * EDGE),
    );
  const points = counts.map(({ timeMs, size }) => `${x(timeMs)} ${y(size)}`);
  return element(
    'svg',
    {
      class: `spark ${most === fewest ? 'flat' : isRising(sizes) ? 'rising' : 'moving'}`,
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': label,
    },
    element('path', { d: `M${points.join('L')}` }),
    element('circle', { cx: x(last.timeMs), cy: y(last.size), r: 2.5 }),
  );
}

/** What all sparklines of a table share: equal widths are equal times. */
export type SparkSpan = { readonly fromMs: number; readonly untilMs: number };

export function sparkSpan(containers: Report['containers']): SparkSpan {
  let [fromMs, untilMs] = [Infinity, -Infinity];
  for (const { counts } of containers) {
    fromMs = Math.min(fromMs, counts[0]?.timeMs ?? Infinity);
    untilMs = Math.max(untilMs, counts.at(-1)?.timeMs ?? -Infinity);
  }
  return { fromMs, untilMs };
}

function walkWords(counts: Report['containers'][number]['counts']): string {
  const [first, last] = [counts[0]?.size ?? 0, counts.at(-1)?.size ?? 0];
  return `${count(first)} to ${count(last)} in ${counts.length} ${counts.length === 1 ? 'walk' : 'walks'}`;
}

/** As a leak does: up, and never down. */
function isRising(sizes: readonly number[]): boolean {
  return sizes.every((size, index) => index === 0 || size >= (sizes[index - 1] ?? 0));
}

const WIDTH = 96;
const HEIGHT = 22;
/** Room for the dot at the end. */
const EDGE = 3;

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
