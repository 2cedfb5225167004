import type { LastResort } from '../session/last-resort.ts';
import type { OutputOptions } from './options.ts';
import { snapshotName } from './snapshot-name.ts';

export type WatchCommandOptions = OutputOptions & {
  readonly snapshot: 'never' | 'auto';
  /** For how long the program may stand still for a snapshot. */
  readonly standstillMsMost: number;
};

/** What `--snapshot auto` allows; `undefined` where it was not given. The file stands where leakline runs. */
export function lastResortOf({ snapshot, standstillMsMost }: WatchCommandOptions): LastResort | undefined {
  if (snapshot === 'never') return undefined;
  return { fileFor: (pid) => snapshotName(pid, new Date()), maxPauseMs: standstillMsMost };
}
