import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { type RunningServer, cli, startServer, until } from './processes.ts';

const file = fileURLToPath(new URL('./servers/workers.mjs', import.meta.url));
let server: RunningServer;

afterEach(() => server.stop());

/** Without the one libuv opens for the first stream of an event loop and keeps as long as the loop. */
function filesOf(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((fd) => targetOf(`${directory}/${fd}`) !== '/dev/null').length;
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

function lineOf(text: string): number {
  return readFileSync(file, 'utf8').split('\n').indexOf(text) + 1;
}

test('a worker that leaks beside a flat main thread is found, and named as that worker', async () => {
  server = await startServer(file, { env: { SHORT_LIVED: '1' } });
  const { code, stdout } = await cli([String(server.pid), '--json', '-']);
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(1);
  expect(report.target).toMatchObject({ pid: server.pid, isolate: 'worker:1', name: 'thumbnails' });
  expect(report.verdict.kind).toBe('leaking');
  const [finding] = report.findings;
  expect(finding?.heldBy.name).toBe('thumbnails');
  expect(finding?.heldBy.location?.line).toBe(lineOf('  const thumbnails = new Map();'));
  expect(finding?.addedAt?.location.line).toBe(lineOf('    thumbnails.set(last, { threadId, thumbnail });'));
  const others = new Map(report.isolates.map((isolate) => [isolate.target.isolate, isolate]));
  expect([...others.keys()]).toEqual(expect.arrayContaining(['main', 'worker:2', 'worker:3']));
  expect(others.get('worker:2')?.target.name).toBe('mails');
  for (const isolate of report.isolates) {
    expect(isolate.verdict.kind).not.toBe('leaking');
    expect(isolate.findings).toEqual([]);
  }
  // Each thread has a heap of its own, and so a series of its own.
  const heapOf = (isolate: string): number => others.get(isolate)?.series.heapUsed.at(-1) ?? 0;
  expect(heapOf('main')).toBeGreaterThan(0);
  expect(heapOf('main')).not.toBe(heapOf('worker:2'));
});

test('threads are left as they were: no thread, no open file more, and they end when they are told to', async () => {
  server = await startServer(file);
  const threads = (): number => readdirSync(`/proc/${server.pid}/task`).length;
  await sleep(3000);
  const files = filesOf(server.pid);
  const before = threads();
  const { stdout } = await cli([String(server.pid), '--for', '6s', '--json', '-']);
  expect((JSON.parse(stdout) as Report).isolates).toHaveLength(3);
  await until(() => filesOf(server.pid) <= files);
  expect(filesOf(server.pid)).toBeLessThanOrEqual(files);
  expect(threads()).toBeLessThanOrEqual(before);
  process.kill(server.pid, 'SIGTERM');
  expect(await server.exited).toBe(0);
});
