import { setTimeout as delay } from 'node:timers/promises';
import { listTargets } from '../session/list-targets.ts';
import { ProcessHistory } from '../session/process-history.ts';
import { readReport } from '../session/read-report.ts';
import { exitCodeOfSignal } from './exit-codes.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { textOptions } from './output.ts';
import { HOW_IT_ENDS, openPage, readUntilInterrupted } from './page.ts';
import { renderCosts } from '../present/text/cost-text.ts';
import type { PageServer } from '../present/web/page-server.ts';

/**
 * `leakline ui FILE`: a saved report on the live page, until Ctrl-C; without a file the Node processes of this machine, as
 * `leakline ps` lists them, each with the command that watches it.
 */
export async function uiCommand(
  file: string | undefined,
  options: Pick<OutputOptions, 'quiet' | 'verbose' | 'color'>,
): Promise<number> {
  const document = file === undefined ? null : await readReport(file, process.stdin);
  const interrupt = listenForInterrupt();
  const page = await openPage(file === undefined ? 'this machine' : file === '-' ? 'a saved report' : file);
  try {
    if (document === null) await listUntilInterrupted(page, interrupt, options);
    else {
      page.show(document);
      if (options.verbose === true) process.stderr.write(renderCosts(document, textOptions(options)));
      await readUntilInterrupted(interrupt, options);
    }
    return exitCodeOfSignal(interrupt.received() ?? 'SIGINT');
  } finally {
    await page.close();
    interrupt.dispose();
  }
}

async function listUntilInterrupted(
  page: PageServer,
  { signal }: Interrupt,
  { quiet }: Pick<OutputOptions, 'quiet'>,
): Promise<void> {
  const history = new ProcessHistory();
  if (quiet !== true) process.stderr.write(HOW_IT_ENDS);
  while (!signal.aborted) {
    page.list(history.add(listTargets(), performance.now()));
    // Woken by Ctrl-C, which is how this ends.
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const LOOK_EVERY_MS = 2000;
