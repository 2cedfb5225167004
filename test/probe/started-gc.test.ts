import * as perfHooks from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as workerThreads from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForcedGc } from '../../src/probe/forced-gc.ts';
import type { GcRecord } from '../../src/probe/gc-events.ts';
import { GcTelemetry } from '../../src/probe/gc-telemetry.ts';
import { StartedGc, canStartGc, mayMarkInPause } from '../../src/probe/started-gc.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a collection that is started', () => {
  const startedGc = new StartedGc(v8, workerThreads, process.versions.v8);
  const collectNow = createForcedGc(v8, vm);
  const nowMs = (): number => performance.now();
  let telemetry: GcTelemetry;

  beforeAll(() => {
    telemetry = new GcTelemetry({ v8, perfHooks, own: new Set() }, 0, () => undefined);
    telemetry.switchOn(true);
  });
  afterAll(() => telemetry.switchOff());

  async function majorAfter(work: () => void): Promise<GcRecord | undefined> {
    collectNow();
    await sleep(100);
    telemetry.take(nowMs());
    work();
    for (let looks = 0; looks < 100; looks += 1) {
      await sleep(50);
      if (looks === 10) startedGc.goOn();
      // Node tells of a collection in a later turn of the event loop.
      await turn();
      await turn();
      const major = telemetry.take(nowMs()).records.find(({ kind }) => kind === 'major');
      if (major !== undefined) return major;
    }
    return undefined;
  }

  test('is done by V8 soon, and told apart from one of its own', async () => {
    const started = await majorAfter(() => {
      const startMs = nowMs();
      startedGc.begin();
      telemetry.started({ startMs, endMs: nowMs() });
    });
    expect(started).toMatchObject({ kind: 'major', forced: true });
    expect(started?.started).not.toBeNull();
    expect(telemetry.awaitsStarted).toBe(false);
    const own = await majorAfter(() => startedGc.begin());
    expect(own).toMatchObject({ kind: 'major', forced: false, started: null });
  });

  test('leaves the size that a forced one leaves', async () => {
    let garbage: unknown[] | null = Array.from({ length: 200_000 }, (_, index) => ({ index, list: [index] }));
    collectNow();
    const withGarbage = v8.getHeapStatistics().used_heap_size;
    const started = await majorAfter(() => {
      garbage = null;
      startedGc.begin();
    });
    expect(garbage).toBeNull();
    collectNow();
    const truth = v8.getHeapStatistics().used_heap_size;
    expect(withGarbage - truth).toBeGreaterThan(10e6);
    expect(Math.abs((started?.afterBytes ?? 0) - truth)).toBeLessThan(2e6);
  });

  test("never shows in the program's own memory figures", () => {
    const before = process.memoryUsage();
    startedGc.begin();
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
    expect(after.external - before.external).toBeLessThan(1e6);
    expect(after.rss - before.rss).toBeLessThan(20e6);
  });
});

test('none is started where V8 would collect on the spot', () => {
  const heap = (limit: number, external: number) =>
    canStartGc({
      getHeapStatistics: () => ({ heap_size_limit: limit, external_memory: external }) as v8.HeapInfo,
    });
  expect(heap(2 ** 31, 0)).toBe(true);
  expect(heap(2 ** 31, 2 ** 30)).toBe(false);
  expect(heap(2 ** 28, 0)).toBe(false);
});

test('Node 22 may mark in the pause', () => {
  const versions = [
    '11.3.244.8-node.38',
    '12.4.254.21-node.33',
    '13.6.233.17-node.41',
    '14.6.202.34-node.24',
  ];
  expect(versions.map(mayMarkInPause)).toEqual([false, true, false, false]);
});
