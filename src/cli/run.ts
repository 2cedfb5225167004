import { constants } from 'node:os';
import { renderError } from '../present/text/error-text.ts';
import { renderReport } from '../present/text/report-text.ts';
import { SnapshotDesk } from '../session/snapshot-desk.ts';
import { watchProgram } from '../session/watch-program.ts';
import type { WatchRequest } from '../session/watch.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { lastResortOf, type WatchCommandOptions } from './last-resort.ts';
import { openOutput } from './output.ts';

/**
 * `leakline run -- node app.js`: its exit code is passed on unless a leak was found. The program has the terminal, so what is
 * shown there is a strip below its output; elsewhere progress is plain lines.
 */
export async function runCommand(
  command: readonly string[],
  request: WatchRequest,
  options: WatchCommandOptions,
): Promise<number> {
  const interrupt = listenForInterrupt();
  const snapshots = new SnapshotDesk();
  const output = await openOutput(options, 'leakline run', { interrupt, snapshots, program: true });
  try {
    const program = await watchProgram(
      command,
      request,
      interrupt.signal,
      output.watching(command.join(' ')),
      { onSampled: output.onSampled, lastResort: lastResortOf(options), snapshots },
    );
    const stop = (): void => {
      const received = interrupt.received() ?? 'SIGTERM';
      // A Ctrl-C at a terminal has reached the program already; a second one often means "at once".
      if (received !== 'SIGINT' || process.stdin.isTTY !== true) program.kill(received);
    };
    interrupt.signal.addEventListener('abort', stop);
    if (interrupt.signal.aborted) stop();
    const report = await program.report.catch((error: unknown) => {
      // It could not be watched (no Node, say), but it was asked to run, and does.
      process.stderr.write(renderError(error, output.text));
      return null;
    });
    if (report === null) await output.close();
    else await output.answer(report, renderReport(report, output.text));
    const { code, signal } = await program.exited;
    if (report !== null) await output.readPage(interrupt);
    if (report !== null && exitCodeOf(report) === EXIT.leak) return EXIT.leak;
    // As a shell reports a program that a signal ended.
    return code ?? (signal === null ? EXIT.failed : 128 + constants.signals[signal]);
  } finally {
    await output.close();
    interrupt.dispose();
  }
}
