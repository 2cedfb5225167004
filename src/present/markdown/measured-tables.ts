import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Report, ReportLocation } from '../../report/schema.ts';
import { containerTypeWords, entriesWords, entryRateWords } from '../container-words.ts';
import { count, percent } from '../figures.ts';
import { placeWords } from '../place-words.ts';
import { frameName, frameOwner } from '../sampled-words.ts';
import type { Block } from './fit.ts';
import { inline, tableRow } from './inline.ts';

/** What the walks counted and where what stays was allocated, as short tables; `whose` is the side, where there are two. */
export function measuredBlocks(report: Report, whose: string | null = null): Block[] {
  const of = whose === null ? '' : ` of ${inline(whose, NAME_LONGEST)}`;
  return [
    { name: 'what the walks counted', weight: 44, lines: containerLines(report, of) },
    { name: 'where what stays was allocated', weight: 42, lines: stackLines(report, of) },
  ];
}

const CONTAINERS_SHOWN = 8;
const STACKS_SHOWN = 5;
const NAME_LONGEST = 120;

function containerLines({ containers }: Report, of: string): string[] {
  const shown = containers.slice(0, CONTAINERS_SHOWN);
  return tableLines(
    `Entries at the first and the last walk${of}`,
    ['container', 'type', 'entries', 'a second', 'place'],
    shown.map((container) => [
      container.name,
      containerTypeWords(container),
      entriesWords(container),
      entryRateWords(container),
      placeOf(container.location),
    ]),
    containers.length - shown.length,
  );
}

function stackLines({ sampledGrowth }: Report, of: string): string[] {
  if (sampledGrowth === null) return [];
  const { frames, fromMs, untilMs } = sampledGrowth;
  // What is younger than the last fifth may only be in use.
  const stacks = sampledGrowth.stacks.filter(({ lastingBytes }) => lastingBytes > 0);
  const wholeBytes = stacks.reduce((sum, { lastingBytes }) => sum + lastingBytes, 0);
  const shown = stacks.slice(0, STACKS_SHOWN);
  return tableLines(
    `By V8's samples${of}, allocated from ${formatDuration(fromMs)} to ${formatDuration(untilMs)} and kept`,
    ['stayed', 'share', 'allocates', "innermost of the program's own"],
    shown.map(({ lastingBytes, frames: stack }) => {
      const locations = stack.flatMap((index) => frames[index] ?? []);
      return [
        formatBytes(lastingBytes),
        percent(Math.round((lastingBytes / wholeBytes) * 1000) / 1000),
        frameWords(locations[0]),
        frameWords(locations.find((location) => frameOwner(location) === 'own')),
      ];
    }),
    stacks.length - shown.length,
  );
}

function tableLines(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  hidden: number,
): string[] {
  if (rows.length === 0) return [];
  const more = hidden > 0 ? ` (${count(hidden)} more in --html)` : '';
  return [
    `${title}${more}:`,
    '',
    tableRow(columns),
    `|${' --- |'.repeat(columns.length)}`,
    ...rows.map(tableRow),
  ];
}

function frameWords(location: ReportLocation | undefined): string {
  if (location === undefined) return '–';
  return location.file === '' ? frameName(location) : `${frameName(location)} ${placeWords(location)}`;
}

function placeOf(location: ReportLocation | null): string {
  return location === null ? '–' : placeWords(location);
}
