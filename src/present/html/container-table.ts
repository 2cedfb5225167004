import { formatDuration } from '../../core/duration.ts';
import type { Report } from '../../report/schema.ts';
import { containerTypeWords, entriesWords, entryRateWords } from '../container-words.ts';
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
      entryRateWords(container),
      sparkline(container.counts, span),
    ]),
  );
}

function nameCell(container: Report['containers'][number]): Content {
  const { name, location } = container;
  return [
    classed('span', 'name', name),
    ' ',
    classed('span', 'type', containerTypeWords(container)),
    location === null ? null : [' ', classed('code', 'place', placeWords(location))],
  ];
}
