import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Lets a program go first: where there is not enough of the processor for both, leakline, with all its threads, gets less than it. Never
 * throws; what cannot be lowered stays as it is.
 *
 * To read a bundle and its map takes leakline half a second, and meanwhile a collection in the program waits for whichever of its
 * threads has no core (docs/decisions/0033-leakline-gives-way.md). What leakline starts from now on is as low as it is.
 */
export function giveWayTo(pid: number): void {
  try {
    const wanted = Math.min(LOWEST, getPriority(pid) + STEPS_BELOW);
    if (getPriority() < wanted) for (const thread of ownThreads()) setPriority(thread, wanted);
  } catch {
    // It has ended, or a thread of ours has.
  }
}

/** On Linux a priority is a thread's own (setpriority(2)); elsewhere it is the process's. */
function ownThreads(): number[] {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0];
}

/** A third of what the program gets: enough to answer it in time, and to be done within the minute. */
const STEPS_BELOW = 5;
const LOWEST = 19;
