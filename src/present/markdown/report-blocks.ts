import { formatBytes, formatRate } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Report } from '../../report/schema.ts';
import { accountRows } from '../account-lines.ts';
import { count } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import { plainText } from '../line.ts';
import { operationSentences } from '../operation-lines.ts';
import { alsoWatchedWords, costWords, headFacts } from '../report-words.ts';
import { residentSentences } from '../resident-lines.ts';
import { verdictParts } from '../verdict-lines.ts';
import { spaceWords, verdictWord } from '../words.ts';
import { findingBlocks } from './finding-blocks.ts';
import type { Block } from './fit.ts';
import { inline } from './inline.ts';
import { measuredBlocks } from './measured-tables.ts';

/** `LEAKING +55.9 MB/s after GC`. */
export function verdictHeading({ verdict, growth }: Report): string {
  const rate =
    growth.bytesPerSecond === null
      ? ''
      : ` ${formatRate(growth.bytesPerSecond)} ${spaceWords(verdict.space)}`;
  return `${verdictWord(verdict.kind)}${rate}`;
}

/** What stands below that heading: how sure, who holds what, and what else is known. */
export function reportBlocks(report: Report): Block[] {
  return [
    block('which process this is', 92, [
      headFacts(report)
        .map((fact) => inline(fact, FACT_LONGEST))
        .join(' · '),
    ]),
    block('the verdict in figures', 99, list(verdictFigures(report))),
    ...findingBlocks(report),
    accountBlock(report),
    block('growth per operation', 80, titled('Per operation', operationWords(report))),
    block('memory', 75, [memoryWords(report)]),
    block('resident memory', 50, titled('Resident memory', residentSentences(report))),
    block('containers that stayed steady', 45, titled('Not a leak', steadyWords(report))),
    ...measuredBlocks(report),
    block('other isolates', 55, titled('Also watched', isolateWords(report))),
    notesBlock(report),
    block(
      'the cost of the watch',
      48,
      report.source === null ? [`Cost: ${inline(costWords(report).join(', '))}`] : [],
    ),
  ];
}

/** The findings set against the growth: what they explain, and what is left. */
export function accountBlock(report: Report): Block {
  return block('what the findings explain', 90, list(accountWords(report)));
}

/** What the reader must know to trust the answer. */
export function notesBlock({ notes }: Report): Block {
  return block('what to know before trusting this', 85, titled('Note', notes));
}

function block(name: string, weight: number, lines: readonly string[]): Block {
  return { name, weight, lines };
}

function list(words: readonly string[]): string[] {
  return words.map((one) => `- ${inline(one)}`);
}

function titled(title: string, words: readonly string[]): string[] {
  return words.length === 0 ? [] : [`${title}:`, '', ...list(words)];
}

/** All but the word and the rate, which are the heading. */
function verdictFigures(report: Report): string[] {
  const parts = verdictParts(report, glyphsFor(true)).map(plainText);
  return [...parts.slice(report.growth.bytesPerSecond === null ? 1 : 2), report.verdict.reason].filter(
    (words) => words !== '',
  );
}

function accountWords(report: Report): string[] {
  const explained = report.account?.explainedBytesPerSecond ?? null;
  const { bytesPerSecond } = report.growth;
  const share =
    report.findings.length === 0 || explained === null || bytesPerSecond === null
      ? []
      : [`the findings explain ${formatRate(explained)} of ${formatRate(bytesPerSecond)}`];
  return [...share, ...accountRows(report).map(({ label, text }) => `${label}: ${text}`)];
}

function operationWords(report: Report): string[] {
  return operationSentences(report, report.growth.perOperation, glyphsFor(true));
}

function memoryWords({ series, gc, durationMs }: Report): string {
  const told = [
    fromTo(
      'after GC',
      series.floor.map(({ bytes }) => bytes),
    ),
    fromTo('heap used', series.heapUsed),
    fromTo('rss', series.rss),
    `${count(gc.filter(({ kind }) => kind === 'major').length)} major GCs in ${formatDuration(durationMs)}`,
  ].filter((words) => words !== null);
  return `Memory: ${told.join(', ')}`;
}

function fromTo(words: string, sizes: readonly (number | null)[]): string | null {
  const known = sizes.filter((size) => size !== null);
  const [first, last] = [known[0], known.at(-1)];
  return first === undefined || last === undefined
    ? null
    : `${words} ${formatBytes(first)} → ${formatBytes(last)}`;
}

function steadyWords({ steadyContainers }: Report): string[] {
  const shown = steadyContainers
    .slice(0, STEADY_SHOWN)
    .map(
      ({ name, size, watchedMs }) =>
        `${count(size)} entries in ${name} (steady for ${formatDuration(watchedMs)})`,
    );
  const hidden = steadyContainers.length - shown.length;
  return hidden > 0 ? [...shown, `${count(hidden)} more containers`] : shown;
}

const STEADY_SHOWN = 5;
const FACT_LONGEST = 120;

function isolateWords({ isolates, target }: Report): string[] {
  return isolates.map((isolate) => alsoWatchedWords(isolate, target.pid));
}
