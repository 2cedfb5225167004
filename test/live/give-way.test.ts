import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childrenOf, commandOf, startServer, until } from './processes.ts';

const file = fileURLToPath(new URL('./servers/plain.mjs', import.meta.url));
const ordinary = getPriority();

const lowest = 19;

test.each([0, 12, 17].map((steps) => Math.min(lowest, ordinary + steps)))(
  'leakline is five steps below a program of niceness %i, as far as there are any, which keeps its own',
  async (niceness) => {
    const server = await startServer(file);
    setPriority(server.pid, niceness);
    const leakline = spawn(process.execPath, ['dist/cli.js', String(server.pid), '--for', '60s', '--quiet']);
    try {
      const below = Math.min(lowest, niceness + 5);
      await until(() => nicenessOfThreads(leakline.pid ?? 0).every((one) => one === below));
      expect(new Set(nicenessOfThreads(leakline.pid ?? 0))).toEqual(new Set([below]));
      expect(getPriority(server.pid)).toBe(niceness);
    } finally {
      leakline.kill('SIGINT');
      await new Promise((ended) => leakline.once('close', ended));
      await server.stop();
    }
  },
);

test('a program that leakline starts has the priority that leakline was started with', async () => {
  const command = [process.execPath, file];
  const below = Math.min(lowest, ordinary + 5);
  const leakline = spawn(process.execPath, [
    'dist/cli.js',
    'run',
    '--for',
    '60s',
    '--quiet',
    '--',
    ...command,
  ]);
  try {
    await until(() => nicenessOfThreads(leakline.pid ?? 0).every((one) => one === below));
    expect(new Set(nicenessOfThreads(leakline.pid ?? 0))).toEqual(new Set([below]));
    const program = childrenOf(leakline.pid ?? 0).find((pid) => commandOf(pid).includes('plain.mjs'));
    expect(new Set(nicenessOfThreads(program ?? 0))).toEqual(new Set([ordinary]));
  } finally {
    leakline.kill('SIGINT');
    await new Promise((ended) => leakline.once('close', ended));
  }
});

/** Of each thread (proc(5): the 19th field). */
function nicenessOfThreads(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}
