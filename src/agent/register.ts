import type * as fsModule from 'node:fs';
import { createRequire } from 'node:module';
import type * as netModule from 'node:net';
import type * as osModule from 'node:os';
import type * as pathModule from 'node:path';
import { setTimeout } from 'node:timers';
import type * as vmModule from 'node:vm';
import type * as threadsModule from 'node:worker_threads';
import { AGENT_FILE, type Knock, KNOCK_MAX_BYTES, knockAddress } from '../wire/knock.ts';
import type { install } from './main.ts';

/**
 * `node --import leakline/register app.js`: the process waits, without any work, until leakline asks to be let in. Then
 * no signal is needed and no inspector is opened. See docs/decisions/0006-register.md for what it may not do.
 *
 * The agent itself comes with the one who knocks, so that the two always fit, and a program nobody looks at never loads
 * it.
 */
if (process.env.LEAKLINE_REGISTER !== 'off') {
  // Short-lived children inherit the option, and end before this; so nothing is loaded until then either.
  setTimeout(listen, 1000).unref();
}

const load = createRequire(__filename);

function listen(): void {
  try {
    const { isMainThread } = load('node:worker_threads') as typeof threadsModule;
    if (!isMainThread) return;
    const net = load('node:net') as typeof netModule;
    const { tmpdir } = load('node:os') as typeof osModule;
    const address = knockAddress(process.pid, process.platform, tmpdir());
    // Elsewhere than on Linux it is a file, and a killed process of this number may have left its own.
    if (process.platform !== 'linux' && process.platform !== 'win32') removeStale(address);
    const server = net.createServer(answer);
    // It may be there already: two copies of this file in one process. Or sockets may be forbidden.
    server.on('error', () => undefined);
    // Exclusive: else a cluster's worker would ask its primary to listen.
    server.listen({ path: address, exclusive: true });
    server.unref();
  } catch {
    // The program is not to know. leakline still has its other ways in.
  }
}

function removeStale(path: string): void {
  try {
    (load('node:fs') as typeof fsModule).unlinkSync(path);
  } catch {
    // There was none.
  }
}

function answer(socket: netModule.Socket): void {
  let line = '';
  socket.unref();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    line += chunk.toString();
    if (line.length > KNOCK_MAX_BYTES) socket.destroy();
    else if (line.endsWith('\n')) socket.end(`${letIn(line)}\n`);
  });
}

/** `ok`, or why not. */
function letIn(line: string): string {
  try {
    const fs = load('node:fs') as typeof fsModule;
    const path = load('node:path') as typeof pathModule;
    const { runInThisContext } = load('node:vm') as typeof vmModule;
    const { directory, socketPath, token } = JSON.parse(line) as Knock;
    if (!isPrivate(fs, directory) || path.dirname(socketPath) !== directory)
      return 'that is not a private directory';
    const text = fs.readFileSync(path.join(directory, AGENT_FILE), 'utf8');
    const evaluate = runInThisContext(`(function () {\n${text}\nreturn leaklineAgent;\n})`, {
      filename: 'leakline-agent.js',
    }) as () => { install: typeof install };
    evaluate().install(load, { socketPath, token, closeInspector: false });
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Only we ourselves, and root, can have made it and put something into it. */
function isPrivate(fs: typeof fsModule, directory: string): boolean {
  const { uid, mode } = fs.statSync(directory);
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o077) === 0);
}
