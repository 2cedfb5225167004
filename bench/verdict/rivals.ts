import type { Floor, Sample } from '../../src/core/series.ts';
import type { WatchedTick } from '../../src/verdict/watcher.ts';

/** A rule that others raise an alarm by, on what it would see of the same process. */
export type Rival = {
  readonly name: string;
  /** `true` once it has raised its alarm. */
  readonly add: (tick: WatchedTick) => boolean;
};

export function rivals(limitBytes: number): readonly Rival[] {
  return [fiveInARow(), leastSquares(limitBytes), predictLinear(limitBytes), percentPerHour()];
}

/** node-memwatch: the heap grew over five collections in a row. */
function fiveInARow(): Rival {
  let last = Infinity;
  let rises = 0;
  return onFloors('five in a row (node-memwatch)', ({ heapBytes }) => {
    rises = heapBytes > last ? rises + 1 : 0;
    last = heapBytes;
    return rises >= 5;
  });
}

/**
 * A line by least squares through the live set after each collection of the last hour, as JDK Mission Control's rule of
 * an increasing live set fits one: alarm when it explains most of the variance and reaches the limit within a day.
 */
function leastSquares(limitBytes: number): Rival {
  let recent: Floor[] = [];
  return onFloors('least squares with a threshold (JDK Mission Control)', (floor) => {
    recent = [...recent.filter(({ timeMs }) => timeMs > floor.timeMs - 3_600_000), floor].slice(-400);
    if (recent.length < 10 || (recent[0]?.timeMs ?? 0) > floor.timeMs - 600_000) return false;
    const { slope, explained } = line(recent.map(({ timeMs, heapBytes }) => [timeMs / 1000, heapBytes]));
    return explained > 0.5 && slope * 86_400 > limitBytes - floor.heapBytes;
  });
}

/**
 * Prometheus: `predict_linear(nodejs_heap_size_used_bytes[1h], 4 * 3600) > limit` for 15 minutes, scraped each 15 s and
 * asked each minute.
 */
function predictLinear(limitBytes: number): Rival {
  const scraped: [number, number][] = [];
  let sinceMs = Infinity;
  return onSamples('predict_linear, 1 h for 4 h, 15 min (Prometheus)', 15_000, ({ timeMs, heapUsed }) => {
    scraped.push([timeMs / 1000, heapUsed]);
    if (scraped.length > 240) scraped.shift();
    if (scraped.length < 240 || timeMs % 60_000 >= 15_000) return false;
    const { slope, mean, meanTime } = line(scraped);
    const predicted = mean + slope * (timeMs / 1000 + 4 * 3600 - meanTime);
    sinceMs = predicted > limitBytes ? Math.min(sinceMs, timeMs) : Infinity;
    return timeMs - sinceMs >= 900_000;
  });
}

/** The mean of used heap over five minutes is a tenth above that of an hour ago. */
function percentPerHour(): Rival {
  const means: number[] = [];
  let sum = 0;
  let count = 0;
  return onSamples('10 % in an hour', 15_000, ({ heapUsed }) => {
    sum += heapUsed;
    count += 1;
    if (count < 20) return false;
    means.push(sum / count);
    sum = 0;
    count = 0;
    const hourAgo = means.at(-13);
    return hourAgo !== undefined && (means.at(-1) ?? 0) > 1.1 * hourAgo;
  });
}

function onFloors(name: string, alarm: (floor: Floor) => boolean): Rival {
  let raised = false;
  return {
    name,
    add: ({ floors }) => {
      for (const floor of floors) raised ||= alarm(floor);
      return raised;
    },
  };
}

function onSamples(name: string, everyMs: number, alarm: (sample: Sample) => boolean): Rival {
  let raised = false;
  let nextMs = 0;
  return {
    name,
    add: ({ sample }) => {
      if (sample === null || raised || sample.timeMs < nextMs) return raised;
      nextMs = sample.timeMs + everyMs;
      raised = alarm(sample);
      return raised;
    },
  };
}

type Line = {
  readonly slope: number;
  readonly explained: number;
  readonly mean: number;
  readonly meanTime: number;
};

function line(points: readonly (readonly [number, number])[]): Line {
  const meanTime = points.reduce((sum, [time]) => sum + time, 0) / points.length;
  const mean = points.reduce((sum, [, bytes]) => sum + bytes, 0) / points.length;
  let timeTime = 0;
  let timeBytes = 0;
  let bytesBytes = 0;
  for (const [time, bytes] of points) {
    timeTime += (time - meanTime) ** 2;
    timeBytes += (time - meanTime) * (bytes - mean);
    bytesBytes += (bytes - mean) ** 2;
  }
  const explained = bytesBytes === 0 ? 0 : timeBytes ** 2 / timeTime / bytesBytes;
  return { slope: timeBytes / timeTime, explained, mean, meanTime };
}
