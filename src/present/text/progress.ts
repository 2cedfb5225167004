import { formatBytes, formatRate } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import { isOver, type LiveSide, type LiveView } from '../../report/live.ts';
import { placeWords } from '../place-words.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { activityWords, verdictWordSoFar } from '../words.ts';

/**
 * Plain lines for pipes and CI: one for each side that has news, `null` when none has.
 *
 * A side has news when another second has begun since `previous`, or at once when its verdict, its activity or its
 * finding changed, so that a log shows the moment without a line for every redraw. For `verdicts` only a changed verdict or finding is
 * news: seconds and activities of a watch of days would be a log of their own.
 */
export function progressLine(
  view: LiveView,
  previous: LiveView | null,
  tells: LinesFor = 'seconds',
): string | null {
  const secondPassed =
    tells === 'seconds' && (previous === null || wholeSeconds(view) > wholeSeconds(previous));
  const lines = view.sides.flatMap((side) => {
    const before = previous?.sides.find(({ name }) => name === side.name) ?? null;
    const changed = before === null || newsOf(side, tells) !== newsOf(before, tells);
    return changed || (secondPassed && !isOver(side.activity)) ? [sideLine(side, view)] : [];
  });
  return lines.length === 0 ? null : lines.join('\n');
}

export type LinesFor = 'seconds' | 'verdicts';

function wholeSeconds({ elapsedMs }: LiveView): number {
  return Math.floor(elapsedMs / 1000);
}

function newsOf({ activity, report }: LiveSide, tells: LinesFor): string {
  const answer = `${report?.verdict.kind} ${report?.findings[0]?.fingerprint}`;
  return tells === 'verdicts' ? answer : `${activity} ${answer}`;
}

function sideLine(unsafeSide: LiveSide, view: LiveView): string {
  // ASCII, because what reads a pipe may be anything.
  const side = sanitizeDocument(unsafeSide, { unicode: false });
  const time = (
    view.elapsedMs < 1000 ? '0 s' : formatDuration(Math.floor(view.elapsedMs / 1000) * 1000)
  ).padStart(5);
  const name =
    view.sides.length > 1
      ? [side.name.padEnd(Math.max(...view.sides.map((other) => other.name.length)))]
      : [];
  if (side.report === null) return [time, ...name, activityWords(side.activity)].join('  ');
  const { series, verdict, growth } = side.report;
  const rate = growth.bytesPerSecond === null ? '' : ` ${formatRate(growth.bytesPerSecond)}`;
  return [
    time,
    ...name,
    `rss ${size(series.rss.at(-1))}`,
    `heap ${size(series.heapUsed.at(-1))}`,
    `floor ${size(series.floor.at(-1)?.bytes)}`,
    `open ${String(series.openConnections.at(-1) ?? '-').padStart(3)}`,
    `${verdictWordSoFar(verdict.kind, side.activity)}${rate}`,
    ...findingWords(side),
    ...(side.activity === 'watching' ? [] : [activityWords(side.activity)]),
  ].join('  ');
}

function size(bytes: number | null | undefined): string {
  return (bytes == null ? '-' : formatBytes(bytes)).padStart(7);
}

function findingWords({ report }: LiveSide): string[] {
  const finding = report?.findings[0];
  if (finding === undefined) return [];
  const held = finding.heldBy.location === null ? '' : ` ${placeWords(finding.heldBy.location)}`;
  const added = finding.addedAt === null ? '' : `, added at ${placeWords(finding.addedAt.location)}`;
  return [`held by ${finding.heldBy.name}${held}${added}`];
}
