import type * as fsModule from 'node:fs';
import type * as inspectorModule from 'node:inspector';

/**
 * Shuts this process's inspector if nobody is connected to it. Returns whether it is shut now.
 *
 * `inspector.close()` waits for its clients without a limit: under one that is frozen, the program's event loop would
 * stop for ever. Where connections can't be listed (not Linux) it is taken to be in use.
 */
export function closeUnusedInspector(require: NodeJS.Require): boolean {
  const inspector = require('node:inspector') as typeof inspectorModule;
  const url = inspector.url();
  if (url === undefined) return true;
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

/** State 01 is ESTABLISHED in the kernel's table; a closing connection (06 TIME_WAIT and others) has no client left. */
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
        return local?.endsWith(wanted) === true && state === '01';
      }),
  );
}
