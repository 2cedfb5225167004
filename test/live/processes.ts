import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs the built command line to its end. */
export function cli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: { readonly cwd?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('dist/cli.js'), ...args], {
    ...options,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((ended) => child.once('close', (code) => ended({ code, stdout, stderr })));
}

/** The address of the live page, as soon as a command has said it on standard error. */
export function printedUrl(command: ChildProcess): Promise<string> {
  let stderr = '';
  return new Promise((resolve, reject) => {
    command.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\S+/.exec(stderr)?.[0];
      if (url !== undefined) resolve(url);
    });
    command.once('exit', () => reject(new Error(`it ended: ${stderr}`)));
  });
}

/** The pids whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

/** Its arguments, with spaces between; empty if it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A zombie that waits for its parent counts as ended. */
export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && !/^[ZX]/.test(stat);
}

function parentOf(pid: number): number | null {
  const fields = readStat(pid)?.split(' ');
  return fields === undefined || /^[ZX]/.test(fields[0] ?? '') ? null : Number(fields[1]);
}

/** What stands after the command's name: state, parent, … */
function readStat(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
}

/** Waits until the condition holds, five seconds at most. Whoever called checks it again. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A server of a file that prints `listening PORT`. */
export async function startServer(
  file: string,
  options: {
    env?: NodeJS.ProcessEnv;
    nodeArgs?: readonly string[];
    args?: readonly string[];
    node?: string;
    uid?: number;
  } = {},
): Promise<RunningServer> {
  const child = spawn(
    options.node ?? process.execPath,
    [...(options.nodeArgs ?? []), file, ...(options.args ?? [])],
    {
      env: { ...process.env, PORT: '0', ...options.env },
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    },
  );
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const match = /^listening (\d+)$/m.exec(stdout);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${stderr}`)));
  });
  return {
    pid: child.pid ?? 0,
    port,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export type RunningServer = {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  stop(): Promise<void>;
};

export function openFiles(pid: number): number {
  return existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : 0;
}
