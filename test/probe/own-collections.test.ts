import v8 from 'node:v8';
import vm from 'node:vm';
import type * as workerThreads from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { StallAccount } from '../../src/core/stall-account.ts';
import type { GcRecord, Span } from '../../src/probe/gc-events.ts';
import type { GcTelemetry } from '../../src/probe/gc-telemetry.ts';
import { OwnCollections, type OwnCollectionsOptions } from '../../src/probe/own-collections.ts';

const closer = { closer: true, busy: 0 };

/** A heap of 100 MB of small objects, or another size, on a clock that is set; what V8 is asked for takes as long as is said. */
class World {
  nowMs = 0;
  readonly account = new StallAccount(() => this.nowMs);
  readonly #told: { started: Span | null; caused: Span[] } = { started: null, caused: [] };
  readonly collections: OwnCollections;
  begun = 0;
  /** How often V8 was asked for its bytecode, which takes 4 ms. */
  counted = 0;
  /** Thrown by the next request for the buffer. */
  refusal: Error | null = null;

  constructor(options: Partial<OwnCollectionsOptions> = {}, v8Version = '13.6', heapBytes = 100e6) {
    const port1 = {
      close: () => undefined,
      postMessage: () => {
        if (this.refusal !== null) throw this.refusal;
        this.begun += 1;
        this.nowMs += 3;
      },
    };
    const told = this.#told;
    const telemetry = {
      switchOn: () => undefined,
      started: (span: Span) => (told.started = span),
      caused: (span: Span) => told.caused.push(span),
      get awaitsStarted() {
        return told.started !== null;
      },
    };
    const space = { space_name: 'old_space', space_used_size: heapBytes };
    this.collections = new OwnCollections(
      {
        v8: {
          ...v8,
          getHeapSpaceStatistics: () => [space],
          getHeapStatistics: () => ({ heap_size_limit: 4e9, external_memory: 0 }),
          setFlagsFromString: () => undefined,
          getHeapCodeStatistics: () => {
            this.counted += 1;
            this.nowMs += 4;
            return v8.getHeapCodeStatistics();
          },
        } as unknown as typeof v8,
        vm: { ...vm, runInNewContext: (() => () => undefined) as never },
        workerThreads: {
          MessageChannel: class {
            port1 = port1;
          },
        } as unknown as typeof workerThreads,
        process: { versions: { ...process.versions, v8: v8Version } },
      },
      {
        gc: 'auto',
        maxPauseMs: 50,
        mayStart: true,
        account: this.account,
        nowMs: () => this.nowMs,
        epochMs: 0,
        ...options,
      },
      telemetry as unknown as GcTelemetry,
    );
  }

  tick(atMs: number): void {
    this.nowMs = atMs;
    if (this.collections.collect(1700, closer)) this.collections.start();
  }

  /** V8 ends the collection that was started. */
  end(startMs: number, durationMs: number): void {
    const { started } = this.#told;
    this.#told.started = null;
    const record = {
      kind: 'major',
      timeMs: startMs + durationMs,
      durationMs,
      forced: true,
      started,
      smallAfterBytes: 100e6,
    };
    this.collections.observe(record as GcRecord);
    this.account.settle([]);
  }

  /** V8 ends one of its own. */
  endOwn(timeMs: number): void {
    this.nowMs = timeMs + 500;
    const record = {
      kind: 'major',
      timeMs,
      durationMs: 5,
      forced: false,
      started: null,
      smallAfterBytes: 8e6,
    };
    this.collections.observe(record as GcRecord);
    this.collections.countIfDue(timeMs);
    this.account.settle([]);
  }

  get bookedMs(): number {
    return this.account.totalMsOf('forced gc');
  }
}

test("bytecode is counted after V8's own collections too, which throw it away, for one five-hundredth of the time", () => {
  const world = new World({}, '13.6', 8e6);
  world.tick(2000);
  expect(world.counted).toBe(1);
  // The one that was forced is told of as well.
  world.collections.observe({ kind: 'major', timeMs: 2000, durationMs: 9, started: null } as GcRecord);
  world.collections.countIfDue(2000);
  expect(world.counted).toBe(1);
  for (const atMs of [3000, 5000, 6000, 8000]) world.endOwn(atMs);
  expect(world.counted).toBe(3);
  expect(world.account.totalMsOf('count code')).toBe(8);
});

describe('where a forced collection takes too long', () => {
  test('one is started, and both its pieces on the main thread are booked', () => {
    const world = new World();
    world.tick(2000);
    expect([world.begun, world.collections.count]).toEqual([1, 1]);
    world.end(2100, 8);
    expect(world.bookedMs).toBe(11);
    expect(world.account.snapshot().longestPauseMs).toBe(8);
  });

  test('what can wait does so while V8 marks, for as long as that may take, and no longer than V8 does', () => {
    const world = new World();
    expect(world.collections.marksForMs).toBe(0);
    world.tick(2000);
    // Of 100 MB, three a MB; the request itself took three.
    expect(world.collections.marksForMs).toBe(297);
    world.nowMs = 2200;
    expect(world.collections.marksForMs).toBe(100);
    world.end(2201, 8);
    expect(world.collections.marksForMs).toBe(0);
    const large = new World({}, '13.6', 1000e6);
    large.tick(2000);
    expect(large.collections.marksForMs).toBe(997);
    large.nowMs = 3000;
    expect(large.collections.marksForMs).toBe(0);
  });

  test('no second one is asked for while the first goes on, and no profile is read', () => {
    const world = new World({ maxPauseMs: 320 });
    expect(world.collections.fitsShort).toBe(true);
    const busy = new World();
    busy.tick(2000);
    busy.tick(60_000);
    expect([busy.begun, busy.collections.fits, busy.collections.fitsShort]).toEqual([1, false, false]);
    busy.end(60_100, 8);
    busy.tick(120_000);
    expect(busy.begun).toBe(2);
  });

  test('what does not collect is neither counted nor learnt from, however long it takes', () => {
    const world = new World();
    const predictedMs = world.collections.predictedMs;
    const work = (ms: number) => (): boolean => {
      world.nowMs += ms;
      return true;
    };
    expect(world.collections.caused('allocations', work(2), () => false)).toBe(true);
    expect([world.collections.count, world.collections.predictedMs]).toEqual([0, predictedMs]);
    world.collections.caused('allocations', work(2 * predictedMs), () => true);
    expect([world.collections.count, world.collections.predictedMs]).toEqual([1, 2 * predictedMs]);
    // What is told of a pause is never less than usual, as what is allowed.
    for (let quick = 0; quick < 9; quick += 1) world.collections.caused('allocations', work(1), () => true);
    expect(world.collections.predictedMs).toBeCloseTo(predictedMs, 6);
  });

  test('V8 that collects on the spot is not asked again, and the pause is booked once', () => {
    const world = new World();
    world.tick(2000);
    world.end(2001, 2);
    expect(world.bookedMs).toBe(3);
    world.tick(120_000);
    expect(world.begun).toBe(1);
  });

  test('a refused buffer is not asked for again', () => {
    const world = new World();
    world.refusal = new RangeError('Array buffer allocation failed');
    world.tick(2000);
    world.refusal = null;
    world.tick(120_000);
    expect(world.begun).toBe(0);
  });

  test('none is started with limited address space, in other modes, or where V8 may mark in the pause', () => {
    const worlds = [
      new World({ mayStart: false }),
      new World({ gc: 'natural' }),
      new World({}, '12.4.254.21-node.33'),
    ];
    for (const world of worlds) world.tick(2000);
    expect(worlds.map(({ begun }) => begun)).toEqual([0, 0, 0]);
  });

  test('V8 11 is asked once more in the next tick, and the end that falls into that is booked once', () => {
    const world = new World({}, '11.3.244.8-node.38');
    world.tick(2000);
    world.tick(3000);
    world.tick(4000);
    expect(world.begun).toBe(2);
    world.end(3001, 2);
    expect(world.bookedMs).toBe(6);
  });
});
