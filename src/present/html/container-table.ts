import { formatDuration } from '../../core/duration.ts';
import type { Report } from '../../report/schema.ts';
import { count, countRate } from '../figures.ts';
import { placeWords } from '../place-words.ts';
import { classed, type Content, type Markup } from './markup.ts';
import { sparkline, sparkSpan } from './sparkline.ts';
import { table } from './table.ts';

/** The containers that were counted, each with how its entries went; nothing where no walk looked twice. */
export function containerTable({ containers }: Pick<Report, 'containers'>): Markup | null {
  if (containers.length === 0) return null;
  const span = sparkSpan(containers);
  return table(
    {
      caption: `Entries at each walk from ${formatDuration(span.fromMs)} to ${formatDuration(span.untilMs)}; each line has a height of its own.`,
      columns: [
        { name: 'container' },
        { name: 'entries', isNumber: true },
        { name: 'a second', isNumber: true },
        { name: 'over time' },
      ],
    },
    containers.map((container) => [
      nameCell(container),
      entriesWords(container),
      rateWords(container),
      sparkline(container.counts, span),
    ]),
  );
}

function nameCell({ name, type, instances, location }: Report['containers'][number]): Content {
  return [
    classed('span', 'name', name),
    ' ',
    classed('span', 'type', instances > 1 ? `${type} ×${count(instances)}` : type),
    location === null ? null : [' ', classed('code', 'place', placeWords(location))],
  ];
}

function entriesWords({ counts }: Report['containers'][number]): string {
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined) return '–';
  return first.size === last.size ? count(last.size) : `${count(first.size)} → ${count(last.size)}`;
}

function rateWords({ counts, growthPerSecond }: Report['containers'][number]): string {
  if (growthPerSecond === null) return '–';
  return counts.every(({ size }) => size === counts[0]?.size) ? 'steady' : countRate(growthPerSecond);
}
