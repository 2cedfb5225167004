import type * as fsModule from 'node:fs';
import type * as inspectorModule from 'node:inspector';

/** The address of this process's inspector, which has a new identity each time it opens; `undefined` if it is shut. */
export function inspectorUrl(require: NodeJS.Require): string | undefined {
  return (require('node:inspector') as typeof inspectorModule).url();
}

/**
 * Shuts the inspector that had the address `url` if nobody is connected to it. Returns whether that one is shut now: one that
 * was opened since is not ours, but of another leakline which is about to connect.
 *
 * `inspector.close()` waits for its clients without a limit: under one that is frozen, the program's event loop would
 * stop for ever. Where connections can't be listed (not Linux) it is taken to be in use.
 */
export function closeUnusedInspector(require: NodeJS.Require, url: string | undefined): boolean {
  const inspector = require('node:inspector') as typeof inspectorModule;
  if (url === undefined || inspector.url() !== url) return true;
  const port = Number(new URL(url).port);
  if (hasConnections(require('node:fs') as typeof fsModule, port)) return false;
  inspector.close();
  forgetConsole(inspector);
  return true;
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

/**
 * States of the kernel's table in which Node has a connection, or is about to: established, being made, and left by the
 * client while Node's inspector thread has not noticed. Shut then, Node 20 and 22 may end with a segmentation fault
 * (docs/decisions/0007-answer-before-leaving.md). In all others nobody of Node's is left.
 */
const CONNECTED = new Set(['01', '03', '08']);

function hasConnections(fs: typeof fsModule, port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].filter((path) => fs.existsSync(path));
  if (tables.length === 0) return true;
  return tables.some((path) =>
    fs
      .readFileSync(path, 'latin1')
      .split('\n')
      .some((line) => {
        const [, local, , state] = line.trim().split(/\s+/);
        return local?.endsWith(wanted) === true && CONNECTED.has(state ?? '');
      }),
  );
}
