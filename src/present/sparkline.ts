/**
 * Sizes over time in one row of `columns` characters, from the smallest to the largest: it shows the shape, the figures
 * beside it say how much. Equal widths are equal times, and between two looks a size stays what it was last seen to be, so
 * that few looks do not pass for many.
 */
export function sparkline(
  points: readonly { readonly timeMs: number; readonly size: number }[],
  { columns, unicode }: { readonly columns: number; readonly unicode: boolean },
): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || columns < 1) return '';
  const steps = unicode ? UNICODE_STEPS : ASCII_STEPS;
  const sizes = points.map(({ size }) => size);
  const lowest = Math.min(...sizes);
  const range = Math.max(...sizes) - lowest;
  const stretchMs = (last.timeMs - first.timeMs) / columns;
  let at = 0;
  return Array.from({ length: columns }, (_, column) => {
    // The last size of the stretch that the column stands for.
    const untilMs = column === columns - 1 ? last.timeMs : first.timeMs + (column + 1) * stretchMs;
    while (at + 1 < points.length && (points[at + 1]?.timeMs ?? Infinity) <= untilMs) at += 1;
    const height = range === 0 ? 0 : ((sizes[at] ?? lowest) - lowest) / range;
    return steps[Math.min(steps.length - 1, Math.floor(height * steps.length))] ?? '';
  }).join('');
}

const UNICODE_STEPS = Array.from('▁▂▃▄▅▆▇█');
const ASCII_STEPS = Array.from('_.-=+*%#');
