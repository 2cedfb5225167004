import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, unlessAborted } from './attempt.ts';

/**
 * One leakline at a time has a process open its inspector on a port, from the look whether that is free until it is open: of two
 * that look at the same moment both find it free, and a signal to the second process does nothing but have it complain on
 * its standard error. Waits for its turn, but not for ever: any user can hold the name.
 *
 * A socket without a file, so the kernel lets go of it however we end.
 */
export async function takeInspectorTurn(port: number, attempt: Attempt): Promise<{ release(): void }> {
  const untilMs = performance.now() + TURN_WITHIN_MS;
  for (;;) {
    const turn = await tryTurn(port);
    if (turn !== null || performance.now() >= untilMs) return turn ?? { release: () => undefined };
    await unlessAborted(sleep(LOOK_EVERY_MS), attempt);
  }
}

/** `null` where somebody else has it. */
function tryTurn(port: number): Promise<{ release(): void } | null> {
  if (process.platform !== 'linux') return Promise.resolve(null);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    // Of the whole length, because Node 20 fills a shorter name with zeros and newer versions do not.
    server.listen(`\0${`leakline-inspector-${port}-`.padEnd(107, '-')}`, () => {
      server.unref();
      resolve({ release: () => server.close() });
    });
  });
}

const LOOK_EVERY_MS = 20;
/** Longer than the one whose turn it is may wait for the port. */
const TURN_WITHIN_MS = 15_000;
