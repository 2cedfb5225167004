import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PageServer } from '../present/web/page-server.ts';

/** The live page, with its address on standard error: standard output is the answer's. Loaded only when it is asked for. */
export async function openPage(name: string): Promise<PageServer> {
  const { PageServer: Server } = await import('../present/web/page-server.ts');
  const page = await Server.open({ name, script: await pageScript() });
  process.stderr.write(`Live page, for the first browser that opens it: ${page.url}\n`);
  return page;
}

/** Beside the bundle that this is part of. */
async function pageScript(): Promise<string> {
  return readFile(fileURLToPath(new URL('./web.js', import.meta.url)), 'utf8');
}
