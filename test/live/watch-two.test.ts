import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Comparison } from '../../src/report/schema.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import { type RunningServer, cli, isAlive, openFiles, startServer, until } from './processes.ts';

let driven: RunningServer;
let idle: RunningServer;
beforeEach(async () => {
  [driven, idle] = await Promise.all([startServer(serverFile('plain')), startServer(serverFile('plain'))]);
});
afterEach(() => Promise.all([driven.stop(), idle.stop()]));

test('two processes get one comparison, the exit code of the worse, and are left as they were', {
  timeout: 240_000,
}, async () => {
  const before = [await look(idle), await look(driven)];
  // Each request to it keeps a draft.
  const traffic = setInterval(() => void get(driven, '/long').catch(() => undefined), 25);
  const args = [String(idle.pid), String(driven.pid), '--for', '3m', '--json', '-'];
  const { code, stdout } = await cli(args).finally(() => clearInterval(traffic));

  const { schema, sides, difference, scenario } = JSON.parse(stdout) as Comparison;
  expect(schema).toBe('leakline/comparison@1');
  expect(sides.map(({ name }) => name)).toEqual([`pid ${idle.pid}`, `pid ${driven.pid}`]);
  expect(sides.map(({ report }) => report.target.pid)).toEqual([idle.pid, driven.pid]);
  expect(sides.map(({ report }) => report.verdict.kind)).toEqual(['steady', 'leaking']);
  expect(sides.map(({ report }) => report.findings.length > 0)).toEqual([false, true]);
  expect(difference?.bytesPerSecond).toBeGreaterThan(0);
  expect([scenario, ...sides.map(({ load }) => load)]).toEqual([null, null, null]);
  expect(code).toBe(1);

  expect([idle.pid, driven.pid].map(isAlive)).toEqual([true, true]);
  const isLeft = (): boolean => openFiles(idle.pid) <= (before[0]?.files ?? 0);
  await until(() => isLeft() && openFiles(driven.pid) <= (before[1]?.files ?? 0));
  expect([await look(idle), await look(driven)]).toEqual(before);
});

test('where one ends the other goes on, and Ctrl-C ends with the answer so far', async () => {
  const pids = [String(idle.pid), String(driven.pid)];
  const args = ['dist/cli.js', 'watch', ...pids, '--json', '-', '--quiet'];
  const watch = spawn(process.execPath, args);
  let stdout = '';
  watch.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const exited = new Promise<number | null>((ended) => watch.once('close', ended));
  while (!driven.stderr().includes('Debugger ending on')) await seconds(0.1);
  // What ends while it is met has not been watched.
  await seconds(2);
  await driven.stop();
  await seconds(4);
  expect(watch.exitCode).toBeNull();
  watch.kill('SIGINT');
  expect(await exited).toBe(130);
  const [first, second] = (JSON.parse(stdout) as Comparison).sides;
  expect(second?.report.durationMs).toBeGreaterThan(0);
  expect(first?.report.durationMs).toBeGreaterThan(second?.report.durationMs ?? Infinity);
  expect(isAlive(idle.pid)).toBe(true);
});

test('a second that is no process is told before anything is done to the first', async () => {
  const { code, stdout, stderr } = await cli([String(idle.pid), '4194303']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('There is no process 4194303');
  expect(idle.stderr()).toBe('');
});

test('a second that can not be opened is told, and the first is left as it was found', async () => {
  const lethal = await startServer(serverFile('without-handler'));
  try {
    const before = await look(idle);
    const { code, stdout, stderr } = await cli([String(idle.pid), String(lethal.pid)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`SIGUSR1 would end process ${lethal.pid}`);
    expect([idle.pid, lethal.pid].map(isAlive)).toEqual([true, true]);
    await until(() => openFiles(idle.pid) <= before.files);
    expect(await look(idle)).toEqual(before);
  } finally {
    await lethal.stop();
  }
});

test('what is for one process is refused for two', async () => {
  const two = [String(idle.pid), String(driven.pid)];
  const refused = await Promise.all([
    cli([...two, '--snapshot', 'auto']),
    cli([...two, '--allocations', 'a.heapprofile']),
    cli([...two, '1']),
    cli(['watch', String(idle.pid), String(idle.pid)]),
  ]);
  expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  const words = ['--snapshot auto is for', '--allocations is for', 'start one watch for each', 'given twice'];
  for (const [index, { stderr }] of refused.entries()) expect(stderr).toContain(words[index]);
  expect([idle.stderr(), driven.stderr()]).toEqual(['', '']);
});

function serverFile(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
}

/** What leakline could have left: in the program's own objects, and at the system. */
async function look(server: RunningServer): Promise<{ self: unknown; ports: number[]; files: number }> {
  await get(server, '/self');
  const self = await get(server, '/self');
  return { self, ports: listeningPorts(server.pid), files: await openFilesAtRest(server.pid) };
}

/** Without those of our own questions, whose connections may be a moment late to close. */
async function openFilesAtRest(pid: number): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 5) {
    counts.push(openFiles(pid));
    await seconds(0.1);
  }
  return Math.min(...counts);
}

async function get({ port }: RunningServer, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
  return response.json();
}

function seconds(some: number): Promise<void> {
  return new Promise((done) => setTimeout(done, some * 1000));
}
