import type { Floor, Sample, Series } from '../../src/core/series.ts';
import type { Random } from './traces.ts';

/** A server of which it is known what each operation adds to its memory. */
export type Workload = {
  readonly seconds: number;
  readonly floorEverySeconds: number;
  /** `even`: operations as regular as a clock, in step with each other. */
  readonly arrivals: 'random' | 'even' | 'waves';
  readonly requestsPerSecond: number;
  readonly connectionsPerSecond: number;
  readonly connectionSeconds: number;
  readonly bytes: {
    readonly perRequest?: number;
    readonly perOpenConnection?: number;
    readonly perClosedConnection?: number;
    readonly perSecond?: number;
  };
  /** Noise of one floor, drawn in order. */
  readonly noise: (random: Random) => () => number;
};

export function workloadTrace(workload: Workload, random: Random): Series {
  const { seconds, bytes } = workload;
  const requests = arrivals(workload, workload.requestsPerSecond, random);
  const opened = arrivals(workload, workload.connectionsPerSecond, random);
  const closed = opened
    .map((at) => at + (workload.arrivals === 'even' ? 1 : random.exponential(1)) * workload.connectionSeconds)
    .sort((a, b) => a - b);
  const at = (time: number): { requests: number; opened: number; closed: number } => ({
    requests: countUntil(requests, time),
    opened: countUntil(opened, time),
    closed: countUntil(closed, time),
  });
  const noise = workload.noise(random);
  const floors: Floor[] = [];
  for (
    let time = random.between(0.5, 1) * workload.floorEverySeconds;
    time < seconds;
    time += workload.floorEverySeconds * random.between(0.97, 1.05)
  ) {
    const counts = at(time);
    const heapBytes =
      30e6 +
      counts.requests * (bytes.perRequest ?? 0) +
      (counts.opened - counts.closed) * (bytes.perOpenConnection ?? 0) +
      counts.closed * (bytes.perClosedConnection ?? 0) +
      time * (bytes.perSecond ?? 0) +
      noise();
    floors.push({
      timeMs: time * 1000,
      heapBytes: Math.max(0, Math.round(heapBytes)),
      externalBytes: 1_664_000,
      openConnections: counts.opened - counts.closed,
    });
  }
  const samples = Array.from({ length: seconds + 1 }, (_, second): Sample => {
    const counts = at(second);
    return {
      timeMs: second * 1000,
      rss: 90e6,
      heapUsed: 35e6,
      heapTotal: 40e6,
      external: 1_664_000,
      arrayBuffers: 0,
      openConnections: counts.opened - counts.closed,
      activeTimers: 1,
      inside: {
        spaces: { young: 0, old: 0, large: 0, code: 0 },
        loopDelayMs: 0,
        loopUtilization: 0.1,
        httpRequests: counts.requests,
        connectionsOpened: counts.opened,
        connectionsClosed: counts.closed,
        activeResources: {},
      },
    };
  });
  return { samples, gcs: [], floors };
}

function arrivals({ seconds, arrivals: kind }: Workload, perSecond: number, random: Random): number[] {
  const times: number[] = [];
  if (perSecond === 0) return times;
  for (let time = 0; ; ) {
    // Three waves over the watch, from a tenth of the pace to nearly twice.
    const pace = kind === 'waves' ? 1 + 0.9 * Math.sin((6 * Math.PI * time) / seconds) : 1;
    time += kind === 'even' ? 1 / perSecond : random.exponential(1 / (perSecond * pace));
    if (time >= seconds) return times;
    times.push(time);
  }
}

function countUntil(times: readonly number[], time: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? Infinity) <= time) from = middle + 1;
    else to = middle;
  }
  return from;
}
