import type { Series } from '../../src/core/series.ts';
import { Watcher, type WatchedTick } from '../../src/verdict/watcher.ts';
import { findSlope } from '../../src/verdict/slope.ts';
import { limitBytes, Random } from '../../test/verdict/traces.ts';

/**
 * A month at 1 Hz: 2.6 million samples and 52,000 floors, judged as they come. Beside it the naive way, which looks at
 * all floors anew at each of them; it is stopped at 1,500 floors, and its cost at all of them follows from its square.
 */
export function judgeMonth(): string {
  const floors = 52_000;
  const samples = 30 * 86_400;
  const heapBefore = settledHeap();
  const startMs = performance.now();
  const watcher = new Watcher({ limitBytes, patience: 'standing' });
  for (const tick of month(floors, samples)) watcher.add(tick);
  const { kind } = watcher.verdict(samples * 1000);
  const elapsedMs = performance.now() - startMs;
  const keptBytes = settledHeap() - heapBefore;
  const generatedMs = timeOf(() => {
    for (const _ of month(floors, samples)) continue;
  });
  const some = 1_500;
  const naiveMs = timeOf(() => {
    const seen: { timeMs: number; bytes: number; openConnections: number }[] = [];
    for (const tick of month(some, some)) {
      for (const floor of tick.floors) {
        seen.push({ timeMs: floor.timeMs, bytes: floor.heapBytes, openConnections: 0 });
        naiveLook(seen);
      }
    }
  });
  const naiveAllMs = naiveMs * (floors / some) ** 2;
  const judgedMs = elapsedMs - generatedMs;
  return [
    '| | |',
    '|---|--:|',
    `| samples, floors | ${samples.toLocaleString('en')}, ${floors.toLocaleString('en')} |`,
    `| judged in | ${(judgedMs / 1000).toFixed(2)} s (and ${(generatedMs / 1000).toFixed(2)} s to make them) |`,
    `| verdict | ${kind} |`,
    `| kept at the end | ${(keptBytes / 1e6).toFixed(1)} MB |`,
    `| all floors anew at each floor | ${(naiveAllMs / 1000).toFixed(0)} s, from ${some.toLocaleString('en')} floors in ${(naiveMs / 1000).toFixed(2)} s |`,
    `| ratio | ${(naiveAllMs / judgedMs).toFixed(0)} |`,
  ].join('\n');
}

/** One look of the naive way: a slope over thinned floors, and the thirds of every stretch. */
function naiveLook(points: readonly { timeMs: number; bytes: number; openConnections: number }[]): void {
  findSlope(points.slice(-200), 0.99);
  for (let begin = 0; begin < points.length - 4; begin += Math.max(1, Math.floor(points.length / 30))) {
    const stretch = points.slice(begin);
    stretch.reduce((sum, point) => sum + point.bytes, 0);
  }
}

function* month(floors: number, samples: number): Generator<WatchedTick> {
  const random = new Random(1);
  const every = samples / floors;
  let next = every;
  for (let second = 1; second <= samples; second += 1) {
    const timeMs = second * 1000;
    const heapUsed = 60e6 + 20e6 * random.next();
    const sample = {
      timeMs,
      rss: 150e6 + 1e6 * random.next(),
      heapUsed,
      heapTotal: 90e6,
      external: 3e6,
      arrayBuffers: 0,
      openConnections: 10,
      activeTimers: 1,
    };
    const isFloor = second >= next;
    if (isFloor) next += every;
    yield {
      sample,
      gcs: [],
      floors: isFloor
        ? [
            {
              timeMs: timeMs - 100,
              heapBytes: 55e6 + 1e5 * random.normal(),
              externalBytes: 3e6 + 1e4 * random.next(),
              openConnections: 10,
            },
          ]
        : NOTHING,
    };
  }
}

const NOTHING: Series['floors'] = [];

function timeOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function settledHeap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
