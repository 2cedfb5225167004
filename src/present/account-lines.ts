import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { Report, ReportAccount, ReportFinding } from '../report/schema.ts';
import { count } from './figures.ts';
import { fileName } from './file-name.ts';
import { placeWords } from './place-words.ts';
import { labelled } from './flow.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';

/**
 * Where what was found does not account for the growth: how much is left, what was looked at, and what a snapshot, which sees
 * everything, would cost this process. Where nobody knows whether it does, that. Nothing where the findings are enough.
 */
export function accountLines(
  report: Report,
  layout: { readonly columns: number; readonly indent: number; readonly glyphs: Glyphs },
): Line[] {
  const rows = accountRows(report);
  return rows.flatMap(({ label, text, faint }, index) => {
    const repeated = index > 0 && rows[index - 1]?.label === label;
    return labelled(
      { text: repeated ? '' : label, tone: faint ? 'faint' : 'unsure' },
      faint ? { text, tone: 'faint' } : { text },
      { columns: layout.columns, indent: layout.indent, labelColumns: LABEL_COLUMNS },
    );
  });
}

/** The same without a layout; what is `faint` helps to go on, the rest is the answer. */
export function accountRows(report: Report): AccountRow[] {
  const { account, growth, findings } = report;
  if (account === null || growth.bytesPerSecond === null || account.sufficient === true) return [];
  const snapshot = snapshotRows(report);
  if (account.sufficient === null) {
    const words = `how much of the ${formatRate(growth.bytesPerSecond)} that is: no look can see all that an entry keeps`;
    return findings.length === 0
      ? snapshot
      : [{ label: 'unmeasured', text: words, faint: false }, ...snapshot];
  }
  return [
    { label: 'unexplained', text: openWords(report, growth.bytesPerSecond), faint: false },
    ...seenWords(account).map((text) => ({ label: 'seen', text, faint: true })),
    ...snapshot,
    ...nextWords(report, account).map((text) => ({ label: 'next', text, faint: true })),
  ];
}

export type AccountRow = { readonly label: string; readonly text: string; readonly faint: boolean };

const LABEL_COLUMNS = 'unexplained'.length + 2;
const HELD_BACK_NAMED = 3;

function openWords({ findings, account }: Report, growthBytesPerSecond: number): string {
  const whole = formatRate(growthBytesPerSecond);
  const rest = account?.unexplainedBytesPerSecond ?? null;
  if (findings.length > 0) {
    if (findings.every(({ kind }) => kind === 'kept-out-of-sight')) return `who keeps it, of ${whole}`;
    const isMeasured = findings.some(({ retained }) => retained.bytesPerSecond !== null);
    if (!isMeasured) return `${whole}: whether what was found grows could not be measured`;
    return rest === null
      ? `a part of ${whole}`
      : `${formatRate(rest)} of ${whole}: what was found is the smaller part`;
  }
  const why =
    account?.heldBack.length === 0
      ? 'no container was found that grows'
      : 'what was found to grow is far too small';
  return `${whole}, all of it: ${why}`;
}

/** What the census saw, so that the reader knows where not to look again. */
function seenWords({ census, heldBack }: ReportAccount): string[] {
  const words: string[] = [];
  if (census !== null) {
    const { walks, objects, functions, containers, grown, cutShort } = census;
    words.push(
      `${count(walks)} walks, the last over ${count(objects)} objects and ${count(functions)} functions; of ${count(containers)} containers ${grown === 0 ? 'none' : count(grown)} grew` +
        (cutShort ? '. The walk met its budget before the end: what lies deeper was not looked at' : ''),
    );
  }
  const small = heldBack.slice(0, HELD_BACK_NAMED).map(heldBackWords);
  const hidden = heldBack.length - small.length;
  if (small.length > 0) {
    words.push(
      `too small to be it: ${small.join(', ')}${hidden > 0 ? ` and ${count(hidden)} more (--json FILE has them all)` : ''}`,
    );
  }
  return words;
}

function heldBackWords({ heldBy, grows, retained }: ReportFinding): string {
  const name = grows === null ? heldBy.name : `${grows.name} in ${heldBy.name}`;
  const place = heldBy.location === null ? '' : ` (${placeWords(heldBy.location)})`;
  return `${name}${place} ${formatRate(retained.bytesPerSecond ?? 0)}`;
}

/** The snapshot that the watch was allowed to take: where it is and what it cost, or why there is none. */
function snapshotRows({ snapshot }: Report): AccountRow[] {
  if (snapshot === null) return [];
  const { taken, predicted, refusal } = snapshot;
  const text =
    taken === null
      ? `none was taken: ${refusal ?? 'it is not known why'}${predicted === null ? '' : `; ${predictedWords(predicted)}`}`
      : `${fileName(taken.file)} (${formatBytes(taken.fileBytes)}${taken.redacted ? ', what could be a secret is hidden' : ''}). It stopped the program for ${formatDuration(taken.pauseMs)}${taken.countingPauseMs === null ? '' : `, and for ${formatDuration(taken.countingPauseMs)} to count before`}, and took ${formatBytes(taken.memoryBytes)} of memory, most of which stays until a restart${predicted === null ? '' : `; ${predictedWords(predicted)}`}`;
  return [{ label: 'snapshot', text, faint: false }];
}

function predictedWords({ objects, pauseMs, pauseMsMost, memoryBytes }: Predicted): string {
  const rests = objects === null ? 'by its bytes alone' : `for ${count(objects)} objects`;
  return `predicted ${rests} were ${formatDuration(pauseMs)} (at most ${formatDuration(pauseMsMost)}) and up to ${formatBytes(memoryBytes)}`;
}

type Predicted = NonNullable<NonNullable<Report['snapshot']>['predicted']>;

function nextWords(report: Report, { snapshot }: ReportAccount): string[] {
  const taken = report.snapshot?.taken ?? null;
  if (taken !== null) {
    return [
      `leakline heap ${fileName(taken.file)} sums it up by class, and the Memory tab of Chrome shows who holds what; with a second one (leakline snapshot ${report.target.pid}) leakline heap tells what grew between`,
    ];
  }
  if (snapshot === null) return [];
  const { target } = report;
  const [shortest, longest] = snapshot.pauseMs;
  const [least, most] = snapshot.memoryBytes;
  const cost = `a heap snapshot sees what no walk can: it would stop this server for ${formatDuration(shortest)} to ${formatDuration(longest)} and take ${formatBytes(least)} to ${formatBytes(most)} of memory, most of which does not come back soon. ${roomWords(report, least)}leakline takes none by itself without --snapshot auto.`;
  const how =
    target.isolate === 'main' && target.pid !== null
      ? `leakline snapshot ${target.pid} takes one if that is safe, counts before what it will cost, and hides what could be a secret; then leakline heap FILE sums it up by class, and the Memory tab of Chrome shows who holds what`
      : `of a worker the program takes it itself: worker.getHeapSnapshot(); then leakline heap FILE sums it up by class`;
  // Who was refused one has heard better what it would cost.
  return report.snapshot === null ? [cost, how] : [how];
}

/** The heap's own limit does not count what is made outside of it. */
function roomWords({ target, series }: Report, neededBytes: number): string {
  const { containerBytes, rlimitBytes } = target.limits;
  const limitBytes = Math.min(containerBytes ?? Infinity, rlimitBytes ?? Infinity);
  const leftBytes = limitBytes - (series.rss.at(-1) ?? 0);
  if (leftBytes >= neededBytes) return '';
  return `That is more than the ${formatBytes(Math.max(0, leftBytes))} that are left to it: it would die of it. `;
}
