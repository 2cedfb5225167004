import { renderReport } from '../present/text/report-text.ts';
import { agentSource } from '../session/agent-files.ts';
import { type WatchRequest, watchProcess } from '../session/watch.ts';
import { attach } from '../target/attach.ts';
import { exitCodeOf, exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline <pid>`. Returns the exit code. */
export async function attachCommand(pid: number, request: WatchRequest, options: OutputOptions): Promise<number> {
  const source = await agentSource();
  const interrupt = listenForInterrupt();
  const output = await openOutput(options, `leakline ${pid}`);
  const startedMs = performance.now();
  try {
    const report = await watchProcess((handlers) => attach(pid, source, handlers), request, {
      signal: interrupt.signal,
      onProgress: ({ report, activity }) => {
        output.progress({
          elapsedMs: performance.now() - startedMs,
          sides: [{ name: `pid ${pid}`, activity, report, load: null }],
        });
      },
    });
    await output.answer(report, renderReport(report, output.text));
    const received = interrupt.received();
    return received === null ? exitCodeOf(report) : exitCodeOfSignal(received);
  } finally {
    await output.close();
    interrupt.dispose();
  }
}
