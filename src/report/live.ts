import type { ComparisonSide, Report } from './schema.ts';

/**
 * What a screen shows while a watch runs: the report as it would be if the watch ended now, and what is being
 * done. Presenters redraw from the whole value, so a lost update costs nothing.
 */
export type LiveView = {
  readonly elapsedMs: number;
  readonly sides: readonly LiveSide[];
};

export type LiveSide = {
  readonly name: string;
  readonly activity: Activity;
  /** `null` until the process is open. */
  readonly report: Report | null;
  readonly load: ComparisonSide['load'];
};

/** `ended`: the process did. `left`: the agent is gone, and the process goes on. */
export type Activity =
  | 'starting'
  | 'watching'
  | 'walking'
  | 'trapping'
  | 'capturing'
  | 'done'
  | 'ended'
  | 'left';

/** Nothing more comes. */
export function isOver(activity: Activity): boolean {
  return activity === 'done' || activity === 'ended' || activity === 'left';
}
