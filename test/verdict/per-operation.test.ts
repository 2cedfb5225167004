import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Series } from '../../src/core/series.ts';
import type { OperationGrowth } from '../../src/core/verdict.ts';
import { growthPerOperation } from '../../src/verdict/per-operation.ts';
import { type Workload, workloadTrace } from './operation-traces.ts';
import { Random } from './traces.ts';

const level = 0.99;

describe('growth per operation', () => {
  test('of closed connections in ordinary traffic: theirs, and none of requests', () => {
    const found = byOperation(
      trace({
        seconds: 600,
        arrivals: 'waves',
        bytes: { perOpenConnection: 44e3, perClosedConnection: 44e3 },
      }),
    );
    expect(found.get('connection closed')).toMatchObject({ effect: 'some', inseparableFrom: [] });
    expect(found.get('http request')).toMatchObject({ effect: 'none', inseparableFrom: [] });
    expect(within(found.get('connection closed'), 44e3)).toBe(true);
    expect(within(found.get('http request'), 0)).toBe(true);
  });

  test('of connections that need memory only while they are open is none of closed ones', () => {
    const found = byOperation(trace({ seconds: 300, bytes: { perOpenConnection: 44e3 } }));
    expect(within(found.get('connection opened'), 44e3)).toBe(true);
    expect(found.get('connection opened')?.effect).toBe('some');
    expect(found.get('connection closed')?.interval[0]).toBe(0);
    expect(found.get('connection closed')?.interval[1]).toBeLessThan(2_000);
  });

  test('is told of no operation in particular when all rise like clockwork', () => {
    for (const bytes of [{ perClosedConnection: 44e3, perOpenConnection: 44e3 }, { perSecond: 200e3 }]) {
      const found = byOperation(trace({ arrivals: 'even', bytes }));
      expect(found.get('connection closed')?.effect).toBe('unknown');
      expect(found.get('connection closed')?.inseparableFrom).toEqual(['http request', 'time']);
      expect(found.get('http request')?.inseparableFrom).toContain('time');
      expect(found.get('http request')?.interval[0]).toBe(0);
    }
  });

  test('is not denied of an operation while memory grows by itself: a connection may have started the timer', () => {
    const leaking = { kind: 'leaking', space: 'heap', excludedBytesPerSecond: null } as const;
    const series = trace({ seconds: 300, bytes: { perSecond: 400e3 } });
    expect(growthPerOperation(series, leaking, level).filter(({ effect }) => effect === 'none')).toEqual([]);
    expect(growthPerOperation(series, leaking, level).filter(({ effect }) => effect === 'some')).toEqual([]);
    // Nor where requests are as even as time, and either may be what grows.
    const even = growthPerOperation(evenRequests(series), leaking, level);
    expect(even.find(({ operation }) => operation === 'http request')?.inseparableFrom).toEqual(['time']);
    expect(even.filter(({ effect }) => effect === 'none')).toEqual([]);
  });

  test('is nothing in a steady process only as far as its verdict excludes growth', () => {
    const series = trace({ seconds: 300, bytes: {} });
    const effects = (excludedBytesPerSecond: number): readonly string[] =>
      growthPerOperation(series, { kind: 'steady', space: null, excludedBytesPerSecond }, level)
        .filter(({ interval }) => interval[1] > 0)
        .map(({ effect }) => effect);
    expect(effects(1e6).length).toBeGreaterThan(0);
    expect(new Set(effects(1e6))).toEqual(new Set(['none']));
    expect(new Set(effects(0))).toEqual(new Set(['unknown']));
  });

  test('of whatever else a series counts is found the same way', () => {
    const random = new Random(5);
    const plain = trace({ seconds: 300, bytes: {} });
    let count = 0;
    const counts = plain.samples.map(({ timeMs }) => ({
      timeMs,
      count: (count += Math.floor(random.between(0, 4))),
    }));
    const countAt = (timeMs: number): number => counts.findLast((read) => read.timeMs <= timeMs)?.count ?? 0;
    const series: Series = {
      ...plain,
      counters: [{ operation: 'job', counts }],
      floors: plain.floors.map((floor) => ({
        ...floor,
        heapBytes: floor.heapBytes + 30e3 * countAt(floor.timeMs),
      })),
    };
    const job = byOperation(series).get('job');
    expect(job?.effect).toBe('some');
    expect(within(job, 30e3)).toBe(true);
  });

  test('is nothing at all where nothing is counted, floors are few or operations rare', () => {
    const series = trace({ bytes: { perRequest: 2e3 } });
    const samples = series.samples.map(({ inside: _, ...sample }) => sample);
    expect(byOperation({ ...series, samples }).size).toBe(0);
    expect(byOperation({ ...series, floors: series.floors.slice(0, 11) }).size).toBe(0);
    expect(byOperation({ samples: [], gcs: [], floors: [] }).size).toBe(0);
    expect(byOperation(trace({ connectionsPerSecond: 0.05 })).has('connection closed')).toBe(false);
  });

  test('survives counts and floors that make no sense', () => {
    const series = trace({ bytes: { perRequest: 2e3 } });
    const broken = series.samples.map((sample, i) => ({
      ...sample,
      timeMs: i % 7 === 3 ? NaN : sample.timeMs,
      ...(sample.inside && { inside: { ...sample.inside, httpRequests: i % 5 === 0 ? NaN : -i } }),
    }));
    const found = byOperation({ ...series, samples: broken });
    expect([...found.keys()]).toContain('connection closed');
    for (const { bytes, interval } of found.values()) {
      expect(Number.isFinite(bytes) && interval.every(Number.isFinite)).toBe(true);
    }
  });
});

test('whatever a series holds, growth per operation never throws, and its figures are finite and in order', () => {
  const odd = fc.constantFrom(0, NaN, -1, Infinity, 1e15);
  const count = fc.oneof(
    { weight: 1, arbitrary: odd },
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 1e6 }) },
  );
  const time = fc.oneof(
    { weight: 1, arbitrary: odd },
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 2e5 }) },
  );
  const bytes = fc.oneof(
    { weight: 1, arbitrary: odd },
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 1e9 }) },
  );
  let answers = 0;
  const entry = fc.tuple(time, count, count, count, bytes);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 12, maxLength: 80 }), fc.boolean(), (drawn, ordered) => {
      const entries = ordered ? drawn.toSorted(([a], [b]) => a - b) : drawn;
      const [base] = trace({}).samples;
      if (base?.inside === undefined) throw new Error('the trace counts');
      const { inside } = base;
      const samples = entries.map(([timeMs, httpRequests, connectionsOpened, connectionsClosed]) => ({
        ...base,
        timeMs,
        inside: { ...inside, httpRequests, connectionsOpened, connectionsClosed },
      }));
      const floors = entries.map(([timeMs, , , , heapBytes]) => ({
        timeMs,
        heapBytes,
        externalBytes: heapBytes,
        openConnections: 0,
      }));
      for (const { bytes, interval } of byOperation({ samples, gcs: [], floors }).values()) {
        answers += 1;
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(bytes).toBeGreaterThanOrEqual(interval[0]);
        expect(interval[1]).toBeGreaterThanOrEqual(bytes);
        expect(interval[1]).toBeLessThan(Infinity);
      }
    }),
    { numRuns: 500 },
  );
  expect(answers).toBeGreaterThan(100);
});

test('growth per operation does not depend on memory that was there before', () => {
  const series = trace({ arrivals: 'waves', bytes: { perRequest: 2e3, perOpenConnection: 40e3 } });
  const plain = byOperation(series);
  const moved = byOperation({
    ...series,
    floors: series.floors.map((floor) => ({ ...floor, heapBytes: floor.heapBytes + 500e6 })),
  });
  for (const [operation, { bytes, interval }] of plain) {
    expect(moved.get(operation)?.bytes).toBeCloseTo(bytes, 3);
    expect(moved.get(operation)?.interval[0]).toBeCloseTo(interval[0], 3);
    expect(moved.get(operation)?.interval[1]).toBeCloseTo(interval[1], 3);
  }
  expect(plain.size).toBe(3);
});

/**
 * 500 servers each, from the same seeds every time. At a level of 0.9 at most 10 % may miss, for each operation, those that
 * add nothing included.
 */
describe('the interval at 0.9 holds what each operation adds', () => {
  test.each<[string, Partial<Workload>]>([
    ['nothing, independent noise', {}],
    ['nothing, noise that remembers', { noise: remembering(1e6, 0.9) }],
    ['nothing, noise that walks', { noise: walking(100e3) }],
    ['nothing, floating garbage', { noise: (random) => () => random.exponential(1e6) }],
    ['44 KB a closed connection', { bytes: { perClosedConnection: 44e3, perOpenConnection: 44e3 } }],
    [
      '44 KB a closed connection, noise that remembers',
      { noise: remembering(300e3, 0.8), bytes: { perClosedConnection: 44e3, perOpenConnection: 44e3 } },
    ],
    [
      '44 KB a closed connection, noise that walks',
      { noise: walking(100e3), bytes: { perClosedConnection: 44e3, perOpenConnection: 44e3 } },
    ],
    ['40 KB an open connection', { bytes: { perOpenConnection: 40e3 } }],
    ['2 KB a request', { bytes: { perRequest: 2e3 } }],
    [
      '2 KB a request and 20 KB a connection, in waves',
      {
        arrivals: 'waves',
        seconds: 120,
        bytes: { perRequest: 2e3, perClosedConnection: 20e3, perOpenConnection: 60e3 },
      },
    ],
    ['100 KB/s by itself', { bytes: { perSecond: 100e3 } }],
    ['even traffic', { arrivals: 'even', bytes: { perRequest: 2e3 } }],
  ])('%s', { timeout: 60_000 }, (_, workload) => {
    const missesByOperation = new Map<string, number>();
    for (let seed = 1; seed <= 500; seed += 1) {
      for (const found of byOperation(trace(workload, seed), 0.9).values()) {
        const misses = missesByOperation.get(found.operation) ?? 0;
        missesByOperation.set(
          found.operation,
          misses + (within(found, truthOf(found.operation, workload)) ? 0 : 1),
        );
      }
    }
    expect([...missesByOperation.keys()].sort()).toEqual([
      'connection closed',
      'connection opened',
      'http request',
    ]);
    expect(Math.max(...missesByOperation.values())).toBeLessThanOrEqual(50);
  });
});

function trace(workload: Partial<Workload>, seed = 1): Series {
  return workloadTrace(
    {
      seconds: 60,
      floorEverySeconds: 2,
      arrivals: 'random',
      requestsPerSecond: 50,
      connectionsPerSecond: 5,
      connectionSeconds: 5,
      bytes: {},
      noise: (random) => () => 5_000 * random.normal(),
      ...workload,
    },
    new Random(seed * 101 + 7),
  );
}

function evenRequests(series: Series): Series {
  const samples = series.samples.map((sample) =>
    sample.inside === undefined
      ? sample
      : { ...sample, inside: { ...sample.inside, httpRequests: sample.timeMs / 25 } },
  );
  return { ...series, samples };
}

function byOperation(series: Series, at: number = level): ReadonlyMap<string, OperationGrowth> {
  const found = growthPerOperation(
    series,
    { kind: 'inconclusive', space: null, excludedBytesPerSecond: null },
    at,
  );
  return new Map(found.map((one) => [one.operation, one]));
}

function truthOf(operation: string, { bytes = {} }: Partial<Workload>): number {
  if (operation === 'http request') return bytes.perRequest ?? 0;
  return (operation === 'connection opened' ? bytes.perOpenConnection : bytes.perClosedConnection) ?? 0;
}

function within(found: OperationGrowth | undefined, bytes: number): boolean {
  return found !== undefined && found.interval[0] <= bytes && bytes <= found.interval[1];
}

function remembering(deviation: number, memory: number): Workload['noise'] {
  return (random) => {
    let level = deviation * random.normal();
    return () => {
      level = memory * level + Math.sqrt(1 - memory * memory) * deviation * random.normal();
      return level;
    };
  };
}

function walking(step: number): Workload['noise'] {
  return (random) => {
    let level = 0;
    return () => (level += step * random.normal());
  };
}
