import { setTimeout as sleep } from 'node:timers/promises';
import { holdName } from '../../src/target/held-name.ts';

/**
 * Runs what takes snapshots while no other test does: on a machine one is taken at a time (SNAPSHOT_BUSY), and test files run beside each
 * other. Whoever waits here needs SNAPSHOT_TURN_MS.
 */
export async function inSnapshotTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  let turn = await holdName(NAME);
  while (turn === null) {
    await sleep(100);
    turn = await holdName(NAME);
  }
  try {
    return await work();
  } finally {
    turn.release();
  }
}

/** For a test that waits for the longest of the others. */
export const SNAPSHOT_TURN_MS = 300_000;

const NAME = 'leakline-snapshot-tests-';
