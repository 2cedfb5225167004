import { constants } from 'node:os';
import { renderReport } from '../present/text/report-text.ts';
import { watchProgram } from '../session/watch-program.ts';
import type { WatchRequest } from '../session/watch.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/**
 * `leakline run -- node app.js`: its exit code is passed on unless a leak was found. The program has the terminal, so
 * progress is plain lines, and none where somebody reads the program's own output.
 */
export async function runCommand(
  command: readonly string[],
  request: WatchRequest,
  options: OutputOptions,
): Promise<number> {
  const interrupt = listenForInterrupt();
  const output = await openOutput({ ...options, quiet: options.quiet ?? process.stdout.isTTY }, '');
  try {
    const program = await watchProgram(
      command,
      request,
      interrupt.signal,
      output.watching(command.join(' ')),
    );
    const stop = (): void => program.kill(interrupt.received() ?? 'SIGTERM');
    interrupt.signal.addEventListener('abort', stop);
    if (interrupt.signal.aborted) stop();
    const report = await program.report;
    if (report !== null) await output.answer(report, renderReport(report, output.text));
    const { code, signal } = await program.exited;
    if (report !== null && exitCodeOf(report) === EXIT.leak) return EXIT.leak;
    // As a shell reports a program that a signal ended.
    return code ?? (signal === null ? EXIT.failed : 128 + constants.signals[signal]);
  } finally {
    await output.close();
    interrupt.dispose();
  }
}
