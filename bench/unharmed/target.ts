import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listeningPorts } from '../../src/target/listening-port.ts';
import type { NodeBinary } from '../lib/nodes.ts';

export type ModuleKind = 'cjs' | 'mjs';

/** How a process ended: with a code or by a signal, and when (`performance.now()`). */
export type Ending = { readonly code: number | null; readonly signal: string | null; readonly atMs: number };

/** The server of this folder, running, with an inspector port of its own so that many can run at once. */
export type Target = {
  readonly pid: number;
  readonly inspectorPort: number;
  readonly ended: Promise<Ending>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The answer to GET `path`, parsed. Rejects after five seconds. */
  ask(path: string): Promise<unknown>;
  hasEnded(): boolean;
  kill(): Promise<void>;
};

export async function startTarget(
  node: NodeBinary,
  kind: ModuleKind,
  options: { readonly env?: NodeJS.ProcessEnv; readonly nodeArguments?: readonly string[] } = {},
): Promise<Target> {
  const inspectorPort = await freePort();
  const child = spawn(
    node.path,
    [
      '--expose-gc',
      `--inspect-port=${inspectorPort}`,
      ...(options.nodeArguments?.map((word) => word.replace('PORT', String(inspectorPort))) ?? []),
      serverFile(kind),
    ],
    { env: { PATH: process.env.PATH, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  let ending: Ending | null = null;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ending>((done) => {
    child.once('exit', (code, signal) => {
      ending = { code, signal, atMs: performance.now() };
      done(ending);
    });
  });
  await until(() => /^listening \d+$/m.test(stdout) || ending !== null, 10_000);
  const port = Number(/^listening (\d+)$/m.exec(stdout)?.[1]);
  if (Number.isNaN(port)) throw new Error(`a target of Node ${node.version} did not start: ${stderr}`);
  return {
    pid: child.pid ?? 0,
    inspectorPort,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    ask: (path) => ask(port, path),
    hasEnded: () => ending !== null,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What a visit must not change, from the kernel's side. */
export type Footprint = { readonly files: number; readonly threads: number; readonly ports: number };

export function footprint(pid: number): Footprint {
  return {
    files: count(`/proc/${pid}/fd`),
    threads: count(`/proc/${pid}/task`),
    ports: listeningPorts(pid).length,
  };
}

/** What standard error has beyond the lines that Node writes itself when an inspector opens and closes. */
export function foreignErrors(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !NODE_DEBUGGER_LINE.test(line));
}

const NODE_DEBUGGER_LINE =
  /^(?:Debugger listening on ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}|For help, see: https:\/\/nodejs\.org\/\S+|Debugger attached\.|Debugger ending on ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36})$/;

/** Whether the condition came true in time. */
export async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) return false;
    await sleep(10);
  }
  return true;
}

/**
 * Never the same one twice: whoever got it may not listen yet. From below the ports that systems give to outgoing
 * connections (Linux from 32,768, macOS and Windows from 49,152): a connection may come to hold a port between two visits.
 */
export async function freePort(): Promise<number> {
  const port = FIRST_PORT + Math.floor(Math.random() * (END_OF_PORTS - FIRST_PORT));
  if (given.has(port) || !(await canListen(port))) return freePort();
  given.add(port);
  return port;
}

const FIRST_PORT = 20_000;
const END_OF_PORTS = 32_768;
const given = new Set<number>();

function canListen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

function ask(port: number, path: string): Promise<unknown> {
  return new Promise((done, fail) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => done(JSON.parse(text)));
      response.on('error', fail);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${path} within 5 s`)));
    request.on('error', fail);
  });
}

/** Node goes by the ending, so the one text is laid down under both. */
function serverFile(kind: ModuleKind): string {
  const file = resolve('.cache/unharmed', `server.${kind}`);
  mkdirSync(resolve('.cache/unharmed'), { recursive: true });
  const source = resolve('bench/unharmed/server.js');
  if (readText(file) !== readText(source)) copyFileSync(source, file);
  return file;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function count(directory: string): number {
  try {
    return readdirSync(directory).length;
  } catch {
    return 0;
  }
}
