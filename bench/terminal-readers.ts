/**
 * What it takes to see who reads a terminal, as `leakline run` does ten times a second while the keys are its own: how long a look
 * lasts at servers with few and with many connections and threads. So long at most is the server's epoll set held by the kernel too.
 * Linux, with `script` of util-linux.
 *
 *     npm run bench -- terminal-readers
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { cpus, release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTerminalReaders } from '../src/cli/terminal-readers.ts';

const CASES = [
  { name: 'a server', connections: 0, threads: 4 },
  { name: 'with 100 connections', connections: 100, threads: 4 },
  { name: 'with 900 connections', connections: 900, threads: 4 },
  { name: 'with 10,000 connections', connections: 10_000, threads: 4 },
  { name: 'with 200 threads', connections: 0, threads: 200 },
];
const LOOKS = 200;

if (process.argv[2] === '--serve') serve();
else await measure();

function serve(): void {
  // The first work for the pool of threads starts all of them.
  readdirSync('/');
  void import('node:fs/promises').then(({ stat }) => stat('/'));
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(`listening ${typeof address === 'object' ? address?.port : ''}`);
  });
}

async function measure(): Promise<void> {
  const table: string[] = [];
  for (const { name, connections, threads } of CASES) {
    const words = [process.execPath, fileURLToPath(import.meta.url), '--serve'];
    // With something left to do the shell stays, and is what leakline would be.
    const command = `${words.map((word) => `'${word}'`).join(' ')}; :`;
    const script = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, SHELL: '/bin/sh', UV_THREADPOOL_SIZE: String(threads) },
    });
    const port = await portOf(script);
    const sockets = await Promise.all(Array.from({ length: connections }, () => connected(port)));
    await pause(500);
    table.push(`| ${[name, ...(await looksAt(script.pid ?? 0))].join(' | ')} |`);
    for (const socket of sockets) socket.destroy();
    script.kill('SIGKILL');
    await new Promise((ended) => script.once('exit', ended));
  }
  process.stdout.write(
    [
      `Node ${process.versions.node}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${processes().length} processes, ${LOOKS} looks`,
      '',
      '| at the terminal | first look | median | longest |',
      '| --- | ---: | ---: | ---: |',
      ...table,
      '',
    ].join('\n'),
  );
}

async function looksAt(script: number): Promise<string[]> {
  const shell = processes().find((pid) => parentOf(pid) === script) ?? 0;
  const device = openSync(readlinkSync(`/proc/${shell}/fd/0`), constants.O_RDONLY | constants.O_NOCTTY);
  const readers = openTerminalReaders(device, () => false, shell);
  if (readers === null) throw new Error('nobody tells who reads the terminal');
  const first = timed(() => readers.look());
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    times.push(timed(() => readers.look()));
    await pause(10);
  }
  closeSync(device);
  const sorted = times.toSorted((one, other) => one - other);
  return [first, sorted[LOOKS / 2] ?? 0, sorted.at(-1) ?? 0].map((ms) => `${ms.toPrecision(2)} ms`);
}

function timed(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function portOf(server: ChildProcess): Promise<number> {
  let output = '';
  return new Promise((resolve) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /listening (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject);
  });
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
