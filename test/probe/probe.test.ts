import diagnosticsChannel from 'node:diagnostics_channel';
import * as perfHooks from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as workerThreads from 'node:worker_threads';
import { expect, test } from 'vitest';
import { StallAccount } from '../../src/core/stall-account.ts';
import { Probe, type ProbeHost, type ProbeOptions, type ProbeTick } from '../../src/probe/probe.ts';

/** A clock that is set, timers that are fired, and a look at memory that takes as long as is said. */
class World {
  nowMs = 0;
  readonly timers = new Map<object, { run: () => void; everyMs: number; nextMs: number }>();
  #immediates: (() => void)[] = [];

  probe(
    lookMs: number,
    onTick: (tick: ProbeTick) => void,
    host: Partial<ProbeHost> = {},
    options: Partial<ProbeOptions> = {},
  ): Probe {
    const performance = {
      now: () => this.nowMs,
      eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0.5 }),
    };
    const processFake = {
      memoryUsage: () => {
        this.nowMs += lookMs;
        return process.memoryUsage();
      },
      getActiveResourcesInfo: () => [],
    };
    const timersFake = {
      setInterval: (run: () => void, everyMs: number) => {
        const timer = { unref: () => undefined };
        this.timers.set(timer, { run, everyMs, nextMs: this.nowMs + everyMs });
        return timer;
      },
      clearInterval: (timer: object) => this.timers.delete(timer),
      setImmediate: (run: () => void) => {
        this.#immediates.push(run);
        return { unref: () => undefined };
      },
    };
    return new Probe(
      {
        diagnosticsChannel,
        v8,
        vm,
        workerThreads,
        perfHooks: { ...perfHooks, performance } as unknown as typeof perfHooks,
        timers: timersFake as never,
        process: processFake as never,
        ...host,
      },
      {
        everyMs: 1000,
        floorEveryMs: 1700,
        gc: 'natural',
        maxPauseMs: 50,
        startGc: true,
        epochMs: 0,
        account: new StallAccount(() => this.nowMs),
        onTick,
        onFault: (error) => {
          throw error;
        },
        onTooCostly: () => undefined,
        isDisturbed: () => false,
        own: new Set(),
        ...options,
      },
    );
  }

  /** Fires what is due next, and what that leaves for the next turn. */
  turn(): void {
    const [timer] = [...this.timers.values()].sort((a, b) => a.nextMs - b.nextMs);
    if (timer === undefined) return;
    this.nowMs = Math.max(this.nowMs, timer.nextMs);
    timer.nextMs += timer.everyMs;
    timer.run();
    while (this.#immediates.length > 0) for (const run of this.#immediates.splice(0)) run();
  }
}

test('a probe that is stopped in the tick in which the governor slows it down leaves no timer', () => {
  const world = new World();
  let ticks = 0;
  // A look takes 2 % of the time, so the governor would be slower at its first judgement, 10 s after the start.
  const probe = world.probe(20, ({ sample }) => {
    ticks += 1;
    if (sample.timeMs > 10_000) probe.stop();
  });
  probe.start();
  for (let turn = 0; turn < 40; turn += 1) world.turn();
  expect(world.nowMs).toBeGreaterThan(10_000);
  expect(world.timers.size).toBe(0);
  expect(ticks).toBeLessThan(15);
});

test('one that is not stopped is slowed down then', () => {
  const world = new World();
  const probe = world.probe(20, () => undefined);
  probe.start();
  for (let turn = 0; turn < 12; turn += 1) world.turn();
  expect([...world.timers.values()].map(({ everyMs }) => everyMs)).toEqual([2000]);
  probe.stop();
});

test('a collection is started when the look is told: what a look allocates would have V8 end its marking too early', () => {
  const world = new World();
  const done: string[] = [];
  const heap = [{ space_name: 'old_space', space_used_size: 100e6 }];
  const process24 = {
    versions: { ...process.versions, v8: '13.6.233.10-node.28' },
    memoryUsage: () => ({ ...process.memoryUsage(), heapUsed: 100e6 }),
    getActiveResourcesInfo: () => [],
  };
  const MessageChannel = class {
    port1 = { close: () => undefined, postMessage: () => done.push('started') };
  };
  const probe = world.probe(
    0,
    () => done.push('told'),
    {
      v8: {
        ...v8,
        getHeapSpaceStatistics: () => heap as never,
        getHeapStatistics: () => ({ ...v8.getHeapStatistics(), heap_size_limit: 4e9, external_memory: 0 }),
      },
      process: process24 as never,
      workerThreads: { MessageChannel: MessageChannel as never },
    },
    { gc: 'auto' },
  );
  probe.start();
  expect(probe.marksForMs).toBe(0);
  while (!done.includes('started')) world.turn();
  // The first look starts none (`#mayCollect`).
  expect(done).toEqual(['told', 'told', 'started']);
  expect(probe.marksForMs).toBeGreaterThan(250);
  probe.stop();
  expect(probe.marksForMs).toBe(0);
});

test('what is booked after the last look is settled when the watch ends', () => {
  const world = new World();
  const account = new StallAccount(() => world.nowMs);
  const probe = world.probe(0, () => undefined, {}, { account });
  probe.start();
  world.turn();
  account.add('allocations', world.nowMs, world.nowMs + 40);
  expect(account.totalMsOf('allocations')).toBe(0);
  probe.settle();
  expect(account.snapshot().longestPauseMsByWork.allocations).toBe(40);
  probe.stop();
});
