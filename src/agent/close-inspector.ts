import type * as fsModule from 'node:fs';
import type * as inspectorModule from 'node:inspector';
import { isConnectedIn } from '../wire/connection-table.ts';

/** The address of this process's inspector, which has a new identity each time it opens; `undefined` if it is shut. */
export function inspectorUrl(require: NodeJS.Require): string | undefined {
  return (require('node:inspector') as typeof inspectorModule).url();
}

/**
 * Shuts the inspector that had the address `url` if nobody is connected to it. Returns whether that one is shut now: one that
 * was opened since is not ours, but of another leakline which is about to connect.
 *
 * `inspector.close()` waits for its clients without a limit: under one that is frozen, the program's event loop would
 * stop for ever. Where connections can't be listed (not Linux) it is taken to be in use. `isUsed` is what somebody else has
 * just seen in the kernel's table: reading it takes time in proportion to the connections of the machine, 80 ms where tens of
 * thousands wait for their end, and here that is the program's.
 */
export function closeUnusedInspector(
  require: NodeJS.Require,
  url: string | undefined,
  isUsed: boolean | null = null,
): boolean {
  const inspector = require('node:inspector') as typeof inspectorModule;
  if (url === undefined || inspector.url() !== url) return true;
  if (isUsed ?? hasConnections(require('node:fs') as typeof fsModule, portOf(url))) return false;
  inspector.close();
  forgetConsole(inspector);
  return true;
}

export function portOf(inspectorUrl: string): number {
  return Number(new URL(inspectorUrl).port);
}

/**
 * While an inspector is open V8 keeps the arguments of the last 1,000 console calls, and closing it frees none of them:
 * they would stay for as long as the program runs.
 */
function forgetConsole(inspector: typeof inspectorModule): void {
  const session = new inspector.Session();
  session.connect();
  try {
    session.post('Runtime.discardConsoleEntries');
  } finally {
    session.disconnect();
  }
}

function hasConnections(fs: typeof fsModule, port: number): boolean {
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].filter((path) => fs.existsSync(path));
  if (tables.length === 0) return true;
  return tables.some((path) => isConnectedIn(fs.readFileSync(path, 'latin1'), port));
}
