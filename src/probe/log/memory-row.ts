import type { LogTime } from './log-time.ts';
import type { MemoryField, WrittenSize } from './memory-names.ts';

/** One look at a process as a log tells it; at least `rss` or `heapUsed` is there. */
export type MemoryRow = {
  readonly sizes: ReadonlyMap<MemoryField, WrittenSize>;
  readonly time: LogTime | null;
  /** What is counted beside it, by the name it has in the log. */
  readonly counts?: ReadonlyMap<string, number> | undefined;
  /** What tells processes in one log apart: a pid, a host, a metric's labels; `null` where nothing does. */
  readonly process: { readonly key: string; readonly pid: number | null } | null;
};

export function isMemoryRow(sizes: MemoryRow['sizes']): boolean {
  return sizes.has('heapUsed') || sizes.has('rss');
}
