import * as perfHooks from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { GcTelemetry, restMs } from '../../src/probe/gc-telemetry.ts';

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc') as () => void;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function collect(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) gc();
  await turn();
  await turn();
}

test('tells of each collection while it is on, of none while it rests, and where there is a gap', async () => {
  const telemetry = new GcTelemetry({ v8, perfHooks, own: new Set() }, 0, () => undefined);
  const forced = (): string[] =>
    telemetry
      .take(performance.now())
      .records.filter((record) => record.forced && record.kind === 'major')
      .map(({ afterGap = false }) => (afterGap ? 'after a gap' : 'follows'));
  telemetry.switchOn(true);
  await collect(3);
  expect(forced()).toEqual(['follows', 'follows', 'follows']);
  telemetry.switchOff();
  await collect(2);
  expect(forced()).toEqual([]);
  telemetry.switchOn(true);
  await collect(2);
  expect(forced()).toEqual(['after a gap', 'follows']);
  telemetry.switchOff();
});

test('a program that seldom collects is told of always, one that collects all the time for a share of it', () => {
  expect(restMs(14, 1000, false)).toBe(0);
  expect(restMs(100, 1000, false)).toBeCloseTo(6000);
  expect(restMs(20, 1000, true)).toBe(0);
  expect(restMs(100, 1000, true)).toBe(4000);
  expect(restMs(0, 1000, false)).toBe(0);
});

test('without times the sizes are told, as of when they were read; what comes after the switch has its own time', async () => {
  const telemetry = new GcTelemetry({ v8, perfHooks, own: new Set() }, 0, () => undefined);
  const majors = (nowMs: number): { timeMs: number; forced: boolean; afterBytes: number }[] =>
    telemetry.take(nowMs).records.filter(({ kind }) => kind === 'major');
  telemetry.switchOn(false);
  await collect(2);
  const told = majors(1e9);
  expect(told.map(({ timeMs, forced }) => [timeMs, forced])).toEqual([
    [1e9, false],
    [1e9, false],
  ]);
  for (const { afterBytes } of told) expect(afterBytes).toBeGreaterThan(1e6);

  await collect(1);
  telemetry.switchOn(true);
  const beforeMs = performance.now();
  await collect(1);
  const [untimed, timed, ...others] = majors(1e9);
  expect([untimed?.timeMs, untimed?.forced, timed?.forced, others]).toEqual([1e9, false, true, []]);
  expect(timed?.timeMs).toBeGreaterThan(beforeMs);
  expect(timed?.timeMs).toBeLessThan(performance.now());

  telemetry.switchOn(false);
  telemetry.caused({ startMs: 1e9, endMs: 1e9 + 1 });
  await collect(1);
  expect(majors(1e9 + 2).map(({ timeMs, forced }) => [timeMs, forced])).toEqual([[1e9 + 2, true]]);
  await collect(1);
  expect(majors(1e9 + 3).map(({ forced }) => forced)).toEqual([false]);
  telemetry.switchOff();
});
