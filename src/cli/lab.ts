import { renderComparison } from '../present/text/comparison-text.ts';
import { type LabRequest, playLab } from '../session/lab.ts';
import { exitCodeOfSignal, labExitCodeOf } from './exit-codes.ts';
import { SnapshotDesk } from '../session/snapshot-desk.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline lab`. Returns the exit code. */
export async function labCommand(request: LabRequest, options: OutputOptions): Promise<number> {
  const interrupt = listenForInterrupt();
  const snapshots = new SnapshotDesk();
  const output = await openOutput(options, `leakline lab · ${request.scenario}`, { interrupt, snapshots });
  try {
    const comparison = await playLab({ ...request, snapshots }, interrupt.signal, (view) =>
      output.progress(view),
    );
    await output.answer(comparison, renderComparison(comparison, output.text));
    const received = interrupt.received();
    await output.readPage(interrupt);
    return received === null ? labExitCodeOf(comparison) : exitCodeOfSignal(received);
  } catch (error) {
    const received = interrupt.received();
    if (received !== null) return exitCodeOfSignal(received);
    throw error;
  } finally {
    await output.close();
    interrupt.dispose();
  }
}
