import { buildComparison } from '../report/build.ts';
import { isOver, type LiveView } from '../report/live.ts';
import type { Comparison, Report } from '../report/schema.ts';
import { type AttachOptions, checkAttachable } from '../target/attach.ts';
import { patienceOf } from './patience.ts';
import { openPid } from './watch-pid.ts';
import type { WatchExtras, WatchProgress, WatchRequest } from './watch.ts';

/**
 * Watches two processes that run already, side by side, and gives their comparison.
 *
 * Both are watched until both have their answer, so that what stands side by side was seen over the same time. Where one ends, the
 * other goes on. Where one can't be watched, neither is: throws what `watchPid` throws, of that one.
 */
export async function watchTwo(
  pids: readonly [number, number],
  request: WatchRequest,
  signal: AbortSignal,
  onProgress: (view: LiveView) => void,
  { snapshots, ...attaching }: AttachOptions & Pick<WatchExtras, 'snapshots'> = {},
): Promise<Comparison> {
  // The first is not to be opened for the sake of a second that is none.
  for (const pid of pids) checkAttachable(pid, attaching);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const startedMs = performance.now();
  const sides: Side[] = pids.map((pid) => ({ pid, name: `pid ${pid}`, now: null }));
  const opened: { readonly name: string; readonly report: Promise<Report> }[] = [];
  const show = (): void => {
    onProgress({ elapsedMs: performance.now() - startedMs, sides: sides.map(liveSide) });
    if (request.until === 'verdict' && sides.every(isAnswered)) over.abort();
  };
  try {
    // One after the other: the second stays untouched where the first can't be opened.
    for (const side of sides) {
      const onSide = (now: WatchProgress): void => {
        side.now = now;
        show();
      };
      const watching = { signal: stop, onProgress: onSide, snapshots };
      const together: WatchRequest = { ...request, until: 'end', patience: patienceOf(request) };
      opened.push({ name: side.name, ...(await openPid(side.pid, together, attaching, watching)) });
    }
    const told = opened.map(async ({ name, report }) => ({ name, report: await report, load: null }));
    return buildComparison(await Promise.all(told), null);
  } finally {
    over.abort();
    await Promise.allSettled(opened.map(({ report }) => report));
  }
}

type Side = {
  readonly pid: number;
  readonly name: string;
  /** `null` until the process is open. */
  now: WatchProgress | null;
};

function liveSide({ name, now }: Side): LiveView['sides'][number] {
  return { name, activity: now?.activity ?? 'starting', report: now?.report ?? null, load: null };
}

/** One that is no longer watched has said all it can. */
function isAnswered({ now }: Side): boolean {
  return now !== null && (now.answered || isOver(now.activity));
}
