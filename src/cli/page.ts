import type { PageServer } from '../present/web/page-server.ts';
import type { Interrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { pageScript } from './page-script.ts';

/** The live page, with its address on standard error: standard output is the answer's. Loaded only when it is asked for. */
export async function openPage(name: string): Promise<PageServer> {
  const { PageServer: Server } = await import('../present/web/page-server.ts');
  const page = await Server.open({ name, script: await pageScript('web') });
  process.stderr.write(`Live page, for the first browser that opens it: ${page.url}\n`);
  return page;
}

/** Of an answer that stands: the page would be gone with the command, so that goes on until somebody ends it. */
export async function readUntilInterrupted(
  interrupt: Pick<Interrupt, 'signal'>,
  { quiet }: Pick<OutputOptions, 'quiet'>,
): Promise<void> {
  // The page keeps no process alive; here there is nothing else that would.
  const alive = setInterval(() => undefined, 60_000);
  if (quiet !== true) process.stderr.write(HOW_IT_ENDS);
  await new Promise<void>((resolve) => {
    if (interrupt.signal.aborted) resolve();
    else interrupt.signal.addEventListener('abort', () => resolve());
  });
  clearInterval(alive);
}

export const HOW_IT_ENDS = 'The page stays until Ctrl-C.\n';
