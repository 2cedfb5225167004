import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import type { LeaklineError } from '../../src/core/errors.ts';
import { parseStat, readDisposition, readProcess } from '../../src/target/process-info.ts';

const mask = (bits: readonly number[]): string =>
  bits
    .reduce((sum, signal) => sum | (1n << BigInt(signal - 1)), 0n)
    .toString(16)
    .padStart(16, '0');
const status = (blocked: number[], ignored: number[], caught: number[]): string =>
  `Name:\tnode\nSigBlk:\t${mask(blocked)}\nSigIgn:\t${mask(ignored)}\nSigCgt:\t${mask(caught)}\n`;

test.each([
  [status([], [13], [2, 10, 15]), 'caught'],
  [status([], [13], [2, 15]), 'lethal'],
  [status([10], [13], [2, 15]), 'blocked'],
  [status([10], [], [10]), 'blocked'],
  [status([], [], [9, 11, 12]), 'lethal'],
])('what SIGUSR1 would do is read from the masks', (text, disposition) => {
  expect(readDisposition(text)).toBe(disposition);
});

test('a command with spaces and parentheses does not move the fields of its stat', () => {
  const fields = ['S', '1', ...Array.from({ length: 17 }, (_, index) => String(index)), '123456'];
  expect(parseStat(`42 (a (very) odd ) name) ${fields.join(' ')} 0 0`)).toEqual({
    state: 'S',
    parent: 1,
    startTicks: 123_456,
  });
});

test('this process is what it is', () => {
  const info = readProcess(process.pid);
  expect(info).toMatchObject({ pid: process.pid, workingDirectory: process.cwd(), uid: process.getuid?.() });
  expect(info.executable).toMatch(/node/);
  expect(Math.abs(info.uptimeMs - process.uptime() * 1000)).toBeLessThan(2000);
  expect(info.rssBytes).toBeGreaterThan(1e7);
});

test('a process that has ended and was not collected is a zombie', async () => {
  // The shell's child ends at once; the shell becomes a sleep, which never collects it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 20'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const text = await new Promise<string>((resolve) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(() => readProcess(Number(text))).toThrow('waits for its parent');
  } finally {
    parent.kill();
  }
});

test('a pid nobody has is said so', () => {
  try {
    readProcess(4_194_303);
    expect.unreachable();
  } catch (error) {
    expect((error as LeaklineError).code).toBe('NO_SUCH_PROCESS');
  }
});
