import * as perfHooks from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as workerThreads from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForcedGc } from '../../src/probe/forced-gc.ts';
import type { GcRecord } from '../../src/probe/gc-events.ts';
import { GcTelemetry } from '../../src/probe/gc-telemetry.ts';
import { StartedGcPauses, canStartGc, createStartedGc, mayMarkInPause } from '../../src/probe/started-gc.ts';

describe('a collection that is started', () => {
  const startGc = createStartedGc(workerThreads);
  const collectNow = createForcedGc(v8, vm);
  const nowMs = (): number => performance.now();
  let telemetry: GcTelemetry;

  beforeAll(() => {
    telemetry = new GcTelemetry({ v8, perfHooks, own: new Set() }, 0, () => undefined);
    telemetry.switchOn();
  });
  afterAll(() => telemetry.switchOff());

  async function majorAfter(work: () => void): Promise<GcRecord | undefined> {
    collectNow();
    await sleep(100);
    telemetry.take(nowMs());
    work();
    for (let looks = 0; looks < 100; looks += 1) {
      await sleep(50);
      const major = telemetry.take(nowMs()).records.find(({ kind }) => kind === 'major');
      if (major !== undefined) return major;
    }
    return undefined;
  }

  test('is done by V8 soon, and told apart from one of its own', async () => {
    const started = await majorAfter(() => {
      telemetry.started(nowMs());
      startGc();
    });
    expect(started).toMatchObject({ kind: 'major', forced: true });
    const own = await majorAfter(startGc);
    expect(own).toMatchObject({ kind: 'major', forced: false });
  });

  test('leaves the size that a forced one leaves', async () => {
    let garbage: unknown[] | null = Array.from({ length: 200_000 }, (_, index) => ({ index, list: [index] }));
    collectNow();
    const withGarbage = v8.getHeapStatistics().used_heap_size;
    const started = await majorAfter(() => {
      garbage = null;
      startGc();
    });
    expect(garbage).toBeNull();
    collectNow();
    const truth = v8.getHeapStatistics().used_heap_size;
    expect(withGarbage - truth).toBeGreaterThan(10e6);
    expect(Math.abs((started?.afterBytes ?? 0) - truth)).toBeLessThan(2e6);
  });

  test("never shows in the program's own memory figures", () => {
    const before = process.memoryUsage();
    startGc();
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
  expect(heap(128e6, 0)).toBe(false);
});

test('Node 20 and 22 may mark in the pause, 24 and 26 do not', () => {
  const versions = [
    '11.3.244.8-node.38',
    '12.4.254.21-node.33',
    '13.6.233.17-node.41',
    '14.6.202.34-node.24',
  ];
  expect(versions.map(mayMarkInPause)).toEqual([true, true, false, false]);
});

test('a long pause is remembered, and for a while only', () => {
  const pauses = new StartedGcPauses();
  const first = pauses.expectMs();
  pauses.learn(5);
  expect(pauses.expectMs()).toBeLessThan(first);
  pauses.learn(90);
  expect(pauses.expectMs()).toBe(90);
  for (let refusals = 0; refusals < 60; refusals += 1) pauses.forget();
  expect(pauses.expectMs()).toBe(first);
});
