import { readReport } from '../session/read-report.ts';
import { exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { openPage } from './page.ts';

/** `leakline ui FILE`: a saved report on the live page, until Ctrl-C. */
export async function uiCommand(file: string): Promise<number> {
  const document = await readReport(file, process.stdin);
  const interrupt = listenForInterrupt();
  const page = await openPage(file === '-' ? 'a saved report' : file);
  // The page keeps no process alive; here there is nothing else that would.
  const alive = setInterval(() => undefined, 60_000);
  try {
    page.show(document);
    process.stderr.write('Ctrl-C ends it.\n');
    await new Promise<void>((resolve) => {
      if (interrupt.signal.aborted) resolve();
      else interrupt.signal.addEventListener('abort', () => resolve());
    });
    return exitCodeOfSignal(interrupt.received() ?? 'SIGINT');
  } finally {
    clearInterval(alive);
    await page.close();
    interrupt.dispose();
  }
}
