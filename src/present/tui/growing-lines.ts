import type { LiveSide } from '../../report/live.ts';
import type { Report } from '../../report/schema.ts';
import { count, countRate } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { sparkline } from '../sparkline.ts';
import { cutStart, textWidth } from '../text-width.ts';
import type { ScreenLayout } from './layout.ts';

/** Each container that grows in a line: its name, its sizes as a picture and in figures, and how fast. At most `rows` of them. */
export function growingLines(
  sides: readonly LiveSide[],
  { columns }: Pick<ScreenLayout, 'columns'>,
  unicode: boolean,
  rows: number,
): Line[] {
  const growing = sides.flatMap(({ name, report }) =>
    (report?.containers ?? []).filter(grows).map((container) => ({ side: name, container })),
  );
  if (growing.length === 0 || rows < 1) return [];
  const { becomes, cut } = glyphsFor(unicode);
  const shown = growing.slice(0, rows).map(({ side, container }) => ({
    // Two servers of one program have containers of one name.
    label: sides.length > 1 ? side : 'grows',
    what: `${container.name}  ${container.type}`,
    sizes: sizeWords(container, becomes),
    container,
  }));
  const labelColumns = widest(shown.map(({ label }) => label)) + 2;
  const sizeColumns = widest(shown.map(({ sizes }) => sizes));
  const pictureColumns = columns >= WIDE_COLUMNS ? 32 : 16;
  const room = columns - labelColumns - pictureColumns - sizeColumns - 4;
  const nameColumns = Math.max(0, Math.min(room, widest(shown.map(({ what }) => what))));
  return shown.map(({ label, what, sizes, container }, index) => [
    {
      text: (index > 0 && sides.length === 1 ? '' : label).padEnd(labelColumns),
      tone: sides.length > 1 ? 'strong' : 'faint',
    },
    { text: padTo(cutStart(what, nameColumns, cut), nameColumns) },
    { text: '  ' },
    { text: sparkline(container.counts, { columns: pictureColumns, unicode }), tone: 'heapUsed' },
    { text: `  ${sizes}` },
  ]);
}

const WIDE_COLUMNS = 120;

/** `7 → 1,204  +23/s`. */
function sizeWords({ counts, growthPerSecond }: Growing, becomes: string): string {
  const [first, last] = [counts[0]?.size ?? 0, counts.at(-1)?.size ?? 0];
  return `${count(first)} ${becomes} ${count(last)}  ${countRate(growthPerSecond)}`;
}

type Growing = Report['containers'][number] & { readonly growthPerSecond: number };

/** Never fuller than at the last count: what goes up and down is at work. */
function grows(container: Report['containers'][number]): container is Growing {
  const { growthPerSecond, counts } = container;
  const last = counts.at(-1)?.size ?? 0;
  return (growthPerSecond ?? 0) > 0 && counts.every(({ size }) => size <= last);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(textWidth));
}

function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}
