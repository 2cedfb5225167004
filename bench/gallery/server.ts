import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GalleryCase } from './case.ts';

/** A server under its own traffic. It belongs to a process group of its own, which `stop` ends as a whole. */
export type RunningServer = {
  readonly pid: number;
  /** Settles when the traffic is over, with how it ended: `null` if all went well. */
  readonly traffic: Promise<string | null>;
  stop(): Promise<void>;
};

/** Installing a case for the first time takes minutes on a slow line. */
const READY_WITHIN_MS = 300_000;

export async function startServer(
  server: GalleryCase,
  seconds: number,
  cacheFolder: string,
  signal: AbortSignal,
): Promise<RunningServer> {
  if (server.start.kind === 'plain') return startPlain(server.start.folder, seconds, signal);
  const folder = copyToCache(server.start.suiteFolder, cacheFolder);
  const group = new Group(
    'bash',
    [join(folder, 'run.sh'), server.name, server.variant, String(seconds)],
    folder,
  );
  try {
    const [, pid] = await group.waitFor(/\bpid (\d+)/, READY_WITHIN_MS, signal);
    return { pid: Number(pid), traffic: group.failure, stop: () => group.end() };
  } catch (error) {
    await group.end();
    throw error;
  }
}

async function startPlain(folder: string, seconds: number, signal: AbortSignal): Promise<RunningServer> {
  const server = new Group(process.execPath, ['server.mjs'], folder, { PORT: '0' });
  try {
    const [, port = ''] = await server.waitFor(/^listening (\d+)/m, 10_000, signal);
    const drive = new Group(process.execPath, ['drive.mjs', port, String(seconds)], folder);
    return {
      pid: server.pid,
      traffic: drive.failure,
      async stop() {
        await drive.end();
        await server.end();
      },
    };
  } catch (error) {
    await server.end();
    throw error;
  }
}

/** A child and everything it starts. */
class Group {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #command: string;
  #output = '';
  #exit: string | null = null;

  constructor(
    command: string,
    commandArguments: readonly string[],
    cwd: string,
    environment: NodeJS.ProcessEnv = {},
  ) {
    this.#command = [basename(command), ...commandArguments.map((argument) => basename(argument))].join(' ');
    // Debugging options of whoever started the gallery are not the server's, nor is what npm made of this project's
    // settings: `engine-strict` would keep a case from installing what runs all the same.
    const inherited = Object.entries(process.env).filter(
      ([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('npm_'),
    );
    const env = { ...Object.fromEntries(inherited), ...environment };
    this.#child = spawn(command, commandArguments, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    }
    this.#ended = new Promise((done) => {
      this.#child.on('error', (error) => {
        this.#exit = error.message;
        done();
      });
      this.#child.on('exit', (code, exitSignal) => {
        this.#exit = exitSignal ?? `exit code ${code}`;
        done();
      });
    });
  }

  get failure(): Promise<string | null> {
    return this.#ended.then(() =>
      this.#exit === 'exit code 0' ? null : `${this.#command}: ${this.#exit}: ${this.#lastWords()}`,
    );
  }

  get pid(): number {
    if (this.#child.pid === undefined)
      throw new Error(`${this.#command} could not be started: ${this.#exit}`);
    return this.#child.pid;
  }

  async waitFor(pattern: RegExp, withinMs: number, signal: AbortSignal): Promise<RegExpExecArray> {
    const until = Date.now() + withinMs;
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      signal.throwIfAborted();
      if (this.#exit !== null)
        throw new Error(`${this.#command} ended early (${this.#exit}): ${this.#lastWords()}`);
      if (Date.now() > until) throw new Error(`${this.#command} was not ready within ${withinMs / 1000} s`);
      await pause(50);
    }
  }

  async end(): Promise<void> {
    if (this.#child.pid === undefined) return;
    this.#kill('SIGTERM');
    await Promise.race([this.#ended, pause(5000, undefined, { ref: false })]);
    // The leader may be gone and leave a member that ignores SIGTERM.
    await pause(100);
    this.#kill('SIGKILL');
    await this.#ended;
  }

  #kill(killSignal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, killSignal);
    } catch (error) {
      // Nobody of the group is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  #lastWords(): string {
    return this.#output.trim().split('\n').slice(-5).join(' · ');
  }
}

/**
 * A writable copy of a suite that keeps what was installed in it before. Only files that differ are written, because
 * the suites compare times to see whether to install again.
 */
function copyToCache(folder: string, cacheFolder: string): string {
  const source = resolve(folder);
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
  const target = join(cacheFolder, `${basename(source)}-${hash}`);
  // Without it the servers would be ES modules, as everything below leakline's own package.json.
  writePackageBoundary(cacheFolder);
  copyFolder(source, target);
  return target;
}

function writePackageBoundary(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyFolder(source, target);
    else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target))) {
      copyFileSync(source, target);
      // The original may be read-only.
      chmodSync(target, statSync(source).mode | 0o200);
    }
  }
}
