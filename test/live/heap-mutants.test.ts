import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chromiumPath, launchChromium } from './browser.ts';
import { snapshotOf } from './scope-program.ts';

// Live, because it reads in processes of its own: only so a crash, a hang and the memory of a reader are seen. For long:
// `MUTANTS=500000 npm test -- heap-mutants`.
const MUTANTS = Number(process.env.MUTANTS ?? 20_000);
const REAL_MUTANTS = Math.ceil(MUTANTS / 100);
const BATCH = 5000;
const TIMEOUT_MS = 120_000 + MUTANTS * 20;
/** What each mutant may take, in time of the processor: the machine may be busy with more. */
const LONGEST_MS = 2000;
/** How far reading may raise what is resident, beside three times the mutant. */
const GROWN_BYTES_MAX = 64e6;

type Outcome = {
  readonly read: number;
  readonly refused: number;
  readonly longestMs: number;
  readonly longest: number;
  readonly broken: readonly unknown[];
  /** The most that a mutant raised the resident memory by, three times its size taken off. */
  readonly grownBytes: number;
};

test(
  `${MUTANTS} mutants are read or refused, in little time and memory`,
  async () => {
    let read = 0;
    for (let from = 0; from < MUTANTS; from += BATCH) {
      const outcome = await readMutants(from, Math.min(BATCH, MUTANTS - from));
      expectHarmless(outcome);
      read += outcome.read;
    }
    // A test that never comes past the first check would prove nothing.
    expect(read).toBeGreaterThan(MUTANTS / 20);
  },
  TIMEOUT_MS,
);

test(
  `${REAL_MUTANTS} mutants of a snapshot of this Node are read or refused`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leakline-mutants-'));
    const file = join(directory, 'real.heapsnapshot');
    try {
      await ended(['-e', `require('node:v8').writeHeapSnapshot(${JSON.stringify(file)})`]);
      const outcome = await readMutants(0, REAL_MUTANTS, file);
      expectHarmless(outcome);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
  TIMEOUT_MS,
);

test.runIf(chromiumPath)(
  `${REAL_MUTANTS} mutants of a snapshot of Chromium, which has tables of scopes, are read or refused`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leakline-mutants-'));
    const file = join(directory, 'page.heapsnapshot');
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.evaluate(
        'globalThis.kept = ((used, dead) => { (() => dead)(); return () => used; })({}, {})',
      );
      writeFileSync(file, await snapshotOf(await page.context().newCDPSession(page)));
      expectHarmless(await readMutants(0, REAL_MUTANTS, file));
    } finally {
      await browser.close();
      rmSync(directory, { recursive: true });
    }
  },
  TIMEOUT_MS,
);

function expectHarmless(outcome: Outcome): void {
  expect(outcome.broken).toEqual([]);
  expect(outcome.longestMs, `mutant ${outcome.longest}`).toBeLessThan(LONGEST_MS);
  expect(outcome.grownBytes).toBeLessThan(GROWN_BYTES_MAX);
}

async function readMutants(from: number, count: number, ...file: string[]): Promise<Outcome> {
  const script = 'test/live/heap-mutants.mjs';
  const text = await ended([
    '--max-old-space-size=256',
    '--expose-gc',
    script,
    'dist/heap.js',
    String(from),
    String(count),
    ...file,
  ]);
  return JSON.parse(text) as Outcome;
}

/** What the child printed. One that hangs is ended by the clock, and its batch named. */
function ended(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { timeout: 600_000, killSignal: 'SIGKILL' });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`node ${args.join(' ')} ended with ${code ?? signal}: ${errors.slice(-2000)}`));
    });
  });
}
