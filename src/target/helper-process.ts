import { rmSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';
import type { InspectorSocket } from '../wire/inspector-socket.ts';
import type { Attempt } from './attempt.ts';
import type { InspectorAddress } from './inspector-address.ts';
import { InspectorErrand } from './inspector-errand.ts';
import type { HelperAnswer, HelperOrder } from './inspector-helper.ts';
import { reachInspector } from './install-agent.ts';

// The process of inspector-helper.ts: one errand, then it ends, for nothing keeps it. It never ends itself.

let errand: InspectorErrand | null = null;
let directory: string | null = null;
let session: InspectorSocket | null = null;
let failure: unknown = null;
let running: Promise<void> = Promise.resolve();
const given = new AbortController();
const attempt: Attempt = { signal: given.signal, onStep: (step) => answer({ kind: 'step', step }) };

process.on('message', (message) => {
  const order = message as HelperOrder;
  if (order.kind === 'abort') given.abort(new Error('given up'));
  else if (order.kind === 'undo') void undo();
  else if (order.kind === 'identify') running = tell(identify(order.address));
  else {
    directory = order.errand.directory;
    errand = new InspectorErrand(order.errand);
    running = tell(errand.run(attempt, session));
    session = null;
  }
});

/** leakline is gone, or needs us no more: which of the two, its directory tells, which it removes in time. */
process.once('disconnect', () => {
  given.abort(new Error('leakline is gone'));
  void running.then(async () => {
    await session?.close();
    const isShut = failure === null || (await errand?.undo(failure)) !== false;
    if (isShut && directory !== null) rmSync(directory, { recursive: true, force: true });
  });
});

/** The session stays open for the errand that follows. */
async function identify(address: InspectorAddress): Promise<number> {
  const reached = await reachInspector(address);
  session = reached.session;
  return reached.pid;
}

async function tell(work: Promise<number>): Promise<void> {
  try {
    answer({ kind: 'result', value: await work });
  } catch (error) {
    failure = error;
    const isOurs = error instanceof LeaklineError;
    answer({
      kind: 'error',
      code: isOurs ? error.code : null,
      facts: isOurs ? error.facts : null,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

async function undo(): Promise<void> {
  await running;
  const isShut = (await errand?.undo(failure)) ?? true;
  // What is undone once is not undone again when leakline leaves.
  errand = null;
  directory = null;
  answer({ kind: 'undone', isShut });
}

function answer(message: HelperAnswer): void {
  if (process.connected) process.send?.(message, () => undefined);
}
