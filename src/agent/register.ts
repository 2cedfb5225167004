import { readFileSync, statSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as netModule from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers';
import { runInThisContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { AGENT_FILE, type Knock, KNOCK_MAX_BYTES, knockAddress } from '../wire/knock.ts';
import type { install } from './main.ts';

/**
 * `node --import leakline/register app.js`: the process waits, without any work, until leakline asks to be let in. Then
 * no signal is needed and no inspector is opened. See docs/decisions/0006-register.md for what it may not do.
 *
 * The agent itself comes with the one who knocks, so that the two always fit, and a program nobody looks at never loads
 * it.
 */
if (isMainThread && process.env.LEAKLINE_REGISTER !== 'off') {
  // Short-lived children inherit the option, and end before this.
  setTimeout(listen, 1000).unref();
}

function listen(): void {
  try {
    // Not imported: most children of the program would load it for nothing.
    const net = createRequire(__filename)('node:net') as typeof netModule;
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
    unlinkSync(path);
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
    const { directory, socketPath, token } = JSON.parse(line) as Knock;
    if (!isPrivate(directory) || dirname(socketPath) !== directory) return 'that is not a private directory';
    const text = readFileSync(join(directory, AGENT_FILE), 'utf8');
    const load = runInThisContext(`(function () {\n${text}\nreturn leaklineAgent;\n})`, {
      filename: 'leakline-agent.js',
    }) as () => { install: typeof install };
    load().install(createRequire(__filename), { socketPath, token, closeInspector: false });
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Only we ourselves, and root, can have made it and put something into it. */
function isPrivate(directory: string): boolean {
  const { uid, mode } = statSync(directory);
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o077) === 0);
}
