import { LeaklineError } from '../core/errors.ts';
import { readReport } from '../session/read-report.ts';
import { exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { openPage, readUntilInterrupted } from './page.ts';

/**
 * `leakline ui FILE`: a saved report on the live page, until Ctrl-C. Without a file there is nothing to show, and a page that
 * starts watches would have to be pressed, which this one never is.
 */
export async function uiCommand(file: string | undefined): Promise<number> {
  if (file === undefined) {
    throw new LeaklineError('USAGE', {
      message:
        'leakline ui shows a report: name the file that --json wrote. To watch a process on the page: leakline PID --ui',
    });
  }
  const document = await readReport(file, process.stdin);
  const interrupt = listenForInterrupt();
  const page = await openPage(file === '-' ? 'a saved report' : file);
  try {
    page.show(document);
    await readUntilInterrupted(interrupt);
    return exitCodeOfSignal(interrupt.received() ?? 'SIGINT');
  } finally {
    await page.close();
    interrupt.dispose();
  }
}
