import { formatBytes } from '../../core/bytes.ts';
import type { Report, ReportLocation } from '../../report/schema.ts';
import { percent } from '../figures.ts';
import { placeWords } from '../place-words.ts';
import { frameName, frameOwner } from '../sampled-words.ts';
import type { BytesOfStack } from './flame-layout.ts';
import { PARTS_AT_MOST } from './growth-moments.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { table } from './table.ts';

/** A row for each stack; who allocates, and who of the program's own had it do so. */
export function flameFigures({ frames, stacks }: Growth, bytesOf: BytesOfStack, wholeBytes: number): Markup {
  const lasting = stacks
    .filter((stack) => bytesOf(stack) > 0)
    .toSorted((one, other) => bytesOf(other) - bytesOf(one));
  const shown = lasting.slice(0, ROWS_AT_MOST);
  const hasParts = shown.some(({ bytesByAge }) => bytesByAge.length > 1);
  const place = (location: ReportLocation | undefined): Content =>
    location === undefined
      ? '–'
      : [
          classed('span', 'name', frameName(location)),
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
      shown.map((row) => {
        const { bytesByAge, frames: stack } = row;
        const locations = stack.flatMap((index) => frames[index] ?? []);
        return [
          place(locations[0]),
          place(locations.find((location) => frameOwner(location) === 'own')),
          formatBytes(bytesOf(row)),
          percent(Math.round((bytesOf(row) / wholeBytes) * 1000) / 1000),
          ...(hasParts ? [bytesByAge.slice(0, PARTS_AT_MOST).map(formatBytes).join(' · ')] : []),
        ];
      }),
    ),
  );
}

const ROWS_AT_MOST = 20;

type Growth = NonNullable<Report['sampledGrowth']>;
