import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, unlessAborted } from './attempt.ts';
import { type HeldName, holdName } from './held-name.ts';

/**
 * One leakline at a time has a process open its inspector on a port, from the look whether that is free until it is open: of two
 * that look at the same moment both find it free, and a signal to the second process does nothing but have it complain on
 * its standard error. Waits for its turn, but not for ever: any user can hold the name.
 */
export async function takeInspectorTurn(port: number, attempt: Attempt): Promise<HeldName> {
  const untilMs = performance.now() + TURN_WITHIN_MS;
  for (;;) {
    const turn = await holdName(`leakline-inspector-${port}-`).catch(() => NOTHING_HELD);
    if (turn !== null || performance.now() >= untilMs) return turn ?? NOTHING_HELD;
    await unlessAborted(sleep(LOOK_EVERY_MS), attempt);
  }
}

/** Where no name can be held (a sandbox may forbid such sockets) nobody else holds it either, and there is nothing to wait for. */
const NOTHING_HELD: HeldName = { release: () => undefined };

const LOOK_EVERY_MS = 20;
/** Longer than the one whose turn it is may wait for the port. */
const TURN_WITHIN_MS = 15_000;
