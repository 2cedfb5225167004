import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/report/schema.ts';

/** How long past `--for` the command may take to clean up before it counts as hung. */
const GRACE_MS = 30_000;

/** Runs `leakline attach` as a user would, from the built command, and returns its report. */
export async function attach(
  root: string,
  pid: number,
  forMs: number,
  file: string,
  signal: AbortSignal,
): Promise<Report> {
  rmSync(file, { force: true });
  const command = [
    join(root, 'dist/cli.js'),
    'attach',
    String(pid),
    '--for',
    `${forMs / 1000}s`,
    '--json',
    file,
    '--quiet',
  ];
  const { code, errors } = await run(command, forMs + GRACE_MS, signal);
  // 0 to 3 are answers, 2 is a failure.
  if (code === 2 || !existsSync(file)) throw new Error(`leakline ended with ${code}: ${lastWords(errors)}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

async function run(
  command: readonly string[],
  withinMs: number,
  signal: AbortSignal,
): Promise<{ code: number | string; errors: string }> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-20_000);
  });
  let hung = false;
  const giveUp = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, withinMs);
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const code = await new Promise<number | string>((done, fail) => {
      child.on('error', fail);
      child.on('close', (exitCode, exitSignal) => done(exitCode ?? exitSignal ?? 'nothing'));
    });
    signal.throwIfAborted();
    if (hung) throw new Error(`leakline did not end within ${withinMs / 1000} s`);
    return { code, errors };
  } finally {
    clearTimeout(giveUp);
    signal.removeEventListener('abort', interrupt);
  }
}

/** The sentence of the failure where there is one, else the end of what was printed. */
function lastWords(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  return (
    lines.find((line) => /^(?:\w*Error\b|leakline:)/.test(line)) ??
    (lines.slice(-3).join(' · ') || 'it printed nothing')
  );
}
