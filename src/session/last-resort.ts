import { LeaklineError } from '../core/errors.ts';
import type { HeapTree, Report, ReportSnapshot } from '../report/schema.ts';
import type { PredictedCost, SnapshotAccount } from '../report/snapshot-account.ts';
import { snapshotTree } from './snapshot-tree.ts';
import { takeSnapshot } from './take-snapshot.ts';
import type { WatchProgress } from './watch.ts';

/** A snapshot that a watch may take, should it end without knowing who keeps the memory. */
export type LastResort = {
  readonly fileFor: (pid: number) => string;
  /** For how long the program may stand still for it. */
  readonly maxPauseMs: number;
};

/**
 * The report of a watch with the snapshot that was taken because of it, or with the reason why none was.
 *
 * One is taken where the report says that the growth is unexplained: where what was found could not be it even if each estimate
 * were wrong by the factor that estimates are known to be wrong by. A snapshot stops the program, so a finding that may be
 * all of it comes first. Nothing is forced and nothing is left unredacted.
 */
export async function withLastResort(
  report: Report,
  { fileFor, maxPauseMs }: LastResort,
  signal: AbortSignal,
  onProgress: (progress: WatchProgress) => void,
): Promise<Report> {
  if (report.verdict.kind !== 'leaking' || report.account === null) return report;
  if (report.account.sufficient === true) return report;
  const { pid } = report.target;
  const reason = whyNone(report, signal);
  if (reason !== null || pid === null)
    return refused(report, reason ?? 'it is not known of which process', null);
  let predicted: PredictedCost | null = null;
  onProgress({ report, activity: 'capturing', answered: true });
  const ended = await takeSnapshot(
    pid,
    { file: fileFor(pid), maxPauseMs, force: false, raw: false },
    signal,
    (progress) => {
      if (progress.step === 'predicted') predicted = progress.predicted;
    },
  ).then(
    async (account) => taken(report, account, await snapshotTree(account, signal)),
    (error: unknown) => refused(report, wordsOf(error, signal), predicted),
  );
  onProgress({ report: ended, activity: 'done', answered: true });
  return ended;
}

/** What speaks against it before anything is asked of the process; `null` if nothing does. */
function whyNone({ verdict, account, target }: Report, signal: AbortSignal): string | null {
  if (target.exit !== null) return 'the process has ended';
  if (signal.aborted) return 'the watch was interrupted';
  if (verdict.space === 'native') return 'a heap snapshot does not show memory outside of V8';
  if (account?.sufficient !== false) return 'what was found may be all of it';
  if (target.isolate !== 'main') return 'leakline takes snapshots of main threads only';
  return null;
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted && !(error instanceof LeaklineError)) return 'the watch was interrupted';
  return error instanceof Error ? error.message : String(error);
}

function refused(report: Report, refusal: string, predicted: PredictedCost | null): Report {
  const snapshot: ReportSnapshot = { taken: null, predicted: forecastOf(predicted), refusal };
  return { ...report, snapshot };
}

/** Its cost is the watch's: it was asked for with it. */
function taken(report: Report, account: SnapshotAccount, tree: HeapTree | null): Report {
  const { file, scriptsFile, fileBytes, redacted, nodes, measured, predicted } = account;
  const { countingPauseMs, pauseMs, rssBeforeBytes, rssPeakBytes } = measured;
  const { cost } = report;
  const ms: Record<string, number> = {
    snapshot: Math.round(pauseMs),
    ...(countingPauseMs !== null && { 'count heap': Math.round(countingPauseMs) }),
  };
  const longest = Math.max(...Object.values(ms));
  const sum = Object.values(ms).reduce((total, some) => total + some, 0);
  return {
    ...report,
    snapshot: {
      taken: {
        file,
        scriptsFile,
        fileBytes,
        redacted,
        nodes,
        pauseMs: Math.round(pauseMs),
        countingPauseMs: countingPauseMs === null ? null : Math.round(countingPauseMs),
        memoryBytes: rssPeakBytes - rssBeforeBytes,
        tree,
      },
      predicted: forecastOf(predicted),
      refusal: null,
    },
    cost: {
      ...cost,
      snapshotTaken: true,
      longestPauseMs: Math.max(cost.longestPauseMs ?? 0, longest),
      totalOnTargetMs: (cost.totalOnTargetMs ?? 0) + sum,
      longestPauseMsByWork: { ...cost.longestPauseMsByWork, ...ms },
      totalMsByWork: { ...cost.totalMsByWork, ...ms },
    },
  };
}

function forecastOf(predicted: PredictedCost | null): ReportSnapshot['predicted'] {
  if (predicted === null) return null;
  const { objects, pauseMs, pauseMsMost, memoryBytes } = predicted;
  return {
    objects,
    pauseMs: Math.round(pauseMs),
    pauseMsMost: Math.round(pauseMsMost),
    memoryBytes: Math.round(memoryBytes),
  };
}
