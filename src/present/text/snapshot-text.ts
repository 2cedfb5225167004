import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { PredictedCost, SnapshotAccount } from '../../report/snapshot-account.ts';
import { count } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line, Tone } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { wrapText } from '../text-width.ts';
import { joinLines, type Layout } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/** What is expected of a snapshot, in one sentence, before it is taken. */
export function predictionSentence({
  objects,
  pauseMs,
  pauseMsMost,
  memoryBytes,
  leftBytes,
  which,
}: PredictedCost): string {
  const rests = objects === null ? 'by its bytes alone' : `for ${count(objects)} objects`;
  const left =
    leftBytes === null || which === null ? '' : `, of ${formatBytes(leftBytes)} left ${WHERE[which]}`;
  return `predicted ${rests}: the program stands still for ${formatDuration(pauseMs)} (at most ${formatDuration(pauseMsMost)}) and takes up to ${formatBytes(memoryBytes)} more memory${left}`;
}

/** A snapshot that was taken, for a person: where it is, what it cost, what may be in it. Ends with a newline. */
export function renderSnapshot(account: SnapshotAccount, options: TextOptions): string {
  const safe = sanitizeDocument(account, options);
  const layout: Layout = { columns: Math.max(20, options.columns), glyphs: glyphsFor(options.unicode) };
  return joinLines(
    [headLines(safe, layout), costLines(safe, layout), secretLines(safe, layout), nextLines(safe)],
    layout,
    options,
  );
}

function headLines({ file, fileBytes, nodes, edges, target }: SnapshotAccount, { glyphs }: Layout): Line[] {
  const dot = ` ${glyphs.dot} `;
  return [
    [
      { text: 'leakline', tone: 'strong' },
      {
        text: `${dot}snapshot of pid ${target.pid}${dot}node ${target.node.replace(/^v/, '')}`,
        tone: 'faint',
      },
    ],
    [{ text: file, tone: 'strong' }],
    [{ text: [formatBytes(fileBytes), `${count(nodes)} nodes`, `${count(edges)} edges`].join(dot) }],
  ];
}

function costLines({ predicted, measured }: SnapshotAccount, { columns }: Layout): Line[] {
  const { rssBeforeBytes, rssPeakBytes, rssAfterBytes, rssLaterBytes, countingPauseMs } = measured;
  const counting = countingPauseMs === null ? '' : `, and ${formatDuration(countingPauseMs)} to count before`;
  const later = rssLaterBytes === null ? '' : `, ${formatBytes(rssLaterBytes)} some seconds later`;
  return [
    ...wrapped(
      `stood still ${formatDuration(measured.pauseMs)} (predicted ${formatDuration(predicted.pauseMs)}, at most ${formatDuration(predicted.pauseMsMost)})${counting}`,
      columns,
    ),
    ...wrapped(
      `memory ${formatBytes(rssBeforeBytes)} before, ${formatBytes(rssPeakBytes)} at most (predicted up to ${formatBytes(rssBeforeBytes + predicted.memoryBytes)}), ${formatBytes(rssAfterBytes)} after${later}`,
      columns,
    ),
    ...wrapped(
      "What V8 took for it is leakline's doing and mostly stays until a restart: no leak of the program.",
      columns,
      'faint',
    ),
    ...predicted.overruled.flatMap((sentence) => wrapped(`forced: ${sentence}`, columns, 'bad')),
  ];
}

function secretLines(
  { redacted, strings, scriptsUnread, knowsNode }: SnapshotAccount,
  { columns }: Layout,
): Line[] {
  if (!redacted) {
    return wrapped(
      'RAW: every text is in it as it was: passwords, tokens, addresses. Only you can read the file; keep it so.',
      columns,
      'bad',
    );
  }
  const sentences = [
    `redacted: ${count(strings.hidden)} of ${count(strings.count)} texts are hidden; names from source code are shown.`,
    ...(scriptsUnread === 0
      ? []
      : [`Of ${count(scriptsUnread)} scripts the text could not be read, so their names are hidden too.`]),
    ...(knowsNode ? [] : ["There was no room to look up Node's own names, so they are hidden too."]),
  ];
  return wrapped(sentences.join(' '), columns);
}

function wrapped(text: string, columns: number, tone?: Tone): Line[] {
  return wrapText(text, columns).map((part) => [tone === undefined ? { text: part } : { text: part, tone }]);
}

function nextLines({ file, scriptsFile }: SnapshotAccount): Line[] {
  return [
    [{ text: `scripts: ${scriptsFile}`, tone: 'faint' }],
    [{ text: `next: leakline heap ${file}, or the Memory tab of Chrome`, tone: 'faint' }],
  ];
}

const WHERE = {
  container: 'in its container',
  rlimit: 'under its resource limit',
  machine: 'on this machine',
} as const;
