import { LeaklineError } from '../core/errors.ts';
import type { LinesFor } from '../present/text/progress.ts';
import { renderReport } from '../present/text/report-text.ts';
import { SnapshotDesk } from '../session/snapshot-desk.ts';
import { watchInspector } from '../session/watch-inspector.ts';
import { watchPid } from '../session/watch-pid.ts';
import type { WatchRequest } from '../session/watch.ts';
import { exitCodeOf, exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { lastResortOf, type WatchCommandOptions } from './last-resort.ts';
import { openOutput } from './output.ts';

export type AttachCommandOptions = WatchCommandOptions & { readonly yes?: boolean | undefined };

/**
 * `leakline <pid>`, or the address of an inspector that is open already. Returns the exit code. `lines` is what is told where
 * there is no terminal.
 */
export async function attachCommand(
  target: number | string,
  request: WatchRequest,
  options: AttachCommandOptions,
  { name, lines }: { readonly name: string; readonly lines: LinesFor } = {
    name: 'leakline',
    lines: 'seconds',
  },
): Promise<number> {
  const interrupt = listenForInterrupt();
  const snapshots = new SnapshotDesk();
  const output = await openOutput(options, `${name} ${target}`, { interrupt, snapshots, lines });
  const extras = { onSampled: output.onSampled, lastResort: lastResortOf(options), snapshots };
  try {
    const report =
      typeof target === 'number'
        ? await watchPid(target, request, interrupt.signal, output.watching(`pid ${target}`), {
            consent: options.yes === true,
            ...extras,
          })
        : await watchInspector(target, request, interrupt.signal, output.watching(target), extras);
    await output.answer(report, renderReport(report, output.text));
    const received = interrupt.received();
    await output.readPage(interrupt);
    return received === null ? exitCodeOf(report) : exitCodeOfSignal(received);
  } catch (error) {
    // Interrupted before there was anything to watch: there is no answer, and nothing went wrong.
    const received = interrupt.received();
    if (received === null || error instanceof LeaklineError) throw error;
    return exitCodeOfSignal(received);
  } finally {
    await output.close();
    interrupt.dispose();
  }
}
