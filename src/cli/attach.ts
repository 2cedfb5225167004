import { LeaklineError } from '../core/errors.ts';
import { renderAnswer } from '../present/text/answer-text.ts';
import type { LinesFor } from '../present/text/progress.ts';
import type { Comparison, Report } from '../report/schema.ts';
import { SnapshotDesk } from '../session/snapshot-desk.ts';
import { watchInspector } from '../session/watch-inspector.ts';
import { watchPid } from '../session/watch-pid.ts';
import { watchTwo } from '../session/watch-two.ts';
import type { WatchRequest } from '../session/watch.ts';
import type { AttachTarget } from './attach-target.ts';
import { exitCodeOf, exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { lastResortOf, type WatchCommandOptions } from './last-resort.ts';
import { openOutput } from './output.ts';

export type AttachCommandOptions = WatchCommandOptions & { readonly yes?: boolean | undefined };

/**
 * `leakline <pid>`, two of them, or the address of an inspector that is open already. Returns the exit code. `lines` is what is
 * told where there is no terminal.
 */
export async function attachCommand(
  target: AttachTarget,
  request: WatchRequest,
  options: AttachCommandOptions,
  { name, lines }: { readonly name: string; readonly lines: LinesFor } = {
    name: 'leakline',
    lines: 'seconds',
  },
): Promise<number> {
  if (typeof target === 'object') refuseForTwo(options);
  const interrupt = listenForInterrupt();
  const snapshots = new SnapshotDesk();
  const title = [name, target].flat().join(' ');
  const output = await openOutput(options, title, { interrupt, snapshots, lines });
  const watch = (): Promise<Report | Comparison> => {
    const consent = options.yes === true;
    const extras = { onSampled: output.onSampled, lastResort: lastResortOf(options), snapshots };
    const { signal } = interrupt;
    if (typeof target === 'object')
      return watchTwo(target, request, signal, (view) => output.progress(view), { consent, snapshots });
    if (typeof target === 'number')
      return watchPid(target, request, signal, output.watching(`pid ${target}`), { consent, ...extras });
    return watchInspector(target, request, signal, output.watching(target), extras);
  };
  try {
    const answer = await watch();
    await output.answer(answer, renderAnswer(answer, output.text));
    const received = interrupt.received();
    await output.readPage(interrupt);
    return received === null ? exitCodeOf(answer) : exitCodeOfSignal(received);
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

/** Each writes files of one process. */
function refuseForTwo({ snapshot, allocations }: AttachCommandOptions): void {
  const asked = [
    ...(snapshot === 'auto' ? ['--snapshot auto'] : []),
    ...(allocations === undefined ? [] : ['--allocations']),
  ];
  if (asked.length === 0) return;
  throw new LeaklineError('USAGE', {
    message: `${asked.join(' and ')} ${asked.length === 1 ? 'is' : 'are'} for a watch of one process: start one for each`,
  });
}
