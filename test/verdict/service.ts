import type { Floor, GcEvent, Sample } from '../../src/core/series.ts';
import type { WatchedTick } from '../../src/verdict/watcher.ts';
import type { Random } from './traces.ts';

/**
 * A service drawn as what its memory is made of. All functions are of the seconds since the watch began and are called
 * once for each second, in order, so they may keep state.
 */
export type Service = {
  readonly limitBytes: number;
  /** Live bytes on the heap at the beginning, small objects all. */
  readonly baseBytes: number;
  /** Live bytes on top. */
  readonly heap?: Signal;
  readonly external?: Signal;
  /** RSS outside V8's spaces. */
  readonly native?: Signal;
  readonly connections?: Signal;
  readonly requestsPerSecond?: Signal;
  /** Garbage: bytes allocated a second, and the share of them that dies in the old space. */
  readonly allocation?: Signal;
  readonly promotedShare?: number;
  /** What a floor misses the live bytes by. */
  readonly noise?: () => number;
  /** Whether the process answers in this second; while it does not, nothing is seen of it. */
  readonly isSeen?: (second: number) => boolean;
};

export type Signal = (second: number) => number;

const MB = 1e6;
const SEMI_SPACE_BYTES = 16 * 2 ** 20;
const LEAST_GROWTH_BYTES = 8 * 2 ** 20;
const EXTERNAL_STEP_BYTES = 64 * 2 ** 20;
const GC_BYTES_PER_MS = 500_000;
const MOST_FORCED_BYTES = 20 * MB;
const LEAST_LIMIT_TO_START_BYTES = 512 * 2 ** 20;
/** The share of the time in which the event loop has work. */
const BUSY = 0.2;
const NOTHING: readonly never[] = [];

/**
 * Plays a service second by second and tells each tick as leakline's probe would, until `onTick` says stop.
 *
 * Collections follow V8 (heap/heap-controller.cc of 11.3 to 13): a scavenge when a semi-space is full; a major
 * collection when the old space has grown by a factor of 1.1 to 4 since the last, by how fast the program allocates
 * (`MemoryController::DynamicGrowingFactor`), never past half of what is left to the limit, or when 64 MB of external
 * memory have come. Those of leakline come as with `--gc auto`, where they are seldomest: it never finds memory suspicious.
 */
export function play(
  service: Service,
  seconds: number,
  random: Random,
  onTick: (tick: WatchedTick & { readonly sample: Sample | null }) => boolean | void,
): void {
  const { limitBytes, baseBytes, promotedShare = 0.01 } = service;
  const { isSeen, noise } = service;
  let young = SEMI_SPACE_BYTES * random.next();
  let oldGarbage = baseBytes * random.between(0, 0.1);
  let majorAt = (baseBytes + oldGarbage) * random.between(1.02, 1.3) + LEAST_GROWTH_BYTES * random.next();
  let externalAtMajor = service.external?.(0) ?? 2 * MB;
  let lastMajorSecond = -random.between(0, 60);
  let lastFloorSecond = 0;
  let requests = 0;
  let opened = 0;
  let connectionsBefore = 0;
  let liveBefore = baseBytes;
  for (let second = 1; second <= seconds; second += 1) {
    const live = baseBytes + (service.heap?.(second) ?? 0);
    const external = service.external?.(second) ?? 2 * MB;
    const native = service.native?.(second) ?? 50 * MB;
    const connections = Math.round(service.connections?.(second) ?? 10);
    requests += service.requestsPerSecond?.(second) ?? 20;
    opened += Math.max(0, connections - connectionsBefore) + 0.1;
    connectionsBefore = connections;
    const allocated = service.allocation?.(second) ?? 500_000;
    // What stays alive was allocated as well.
    young += allocated + Math.max(0, live - liveBefore);
    liveBefore = live;
    let gcs: GcEvent[] | typeof NOTHING = NOTHING;
    let floors: Floor[] | typeof NOTHING = NOTHING;
    const timeMs = second * 1000;
    if (young >= SEMI_SPACE_BYTES) {
      young %= SEMI_SPACE_BYTES;
      gcs = [gc('minor', timeMs - 600, live + oldGarbage + SEMI_SPACE_BYTES, live + oldGarbage)];
    }
    oldGarbage += allocated * promotedShare;
    const old = live + oldGarbage;
    const sinceFloor = second - lastFloorSecond;
    const forced = sinceFloor >= 1.7 && sinceFloor >= forcedEverySeconds(old + young, limitBytes, second);
    if (forced || old > majorAt || external > externalAtMajor + EXTERNAL_STEP_BYTES) {
      const floor = Math.max(0, Math.round(live + (noise?.() ?? 20_000 * random.normal())));
      gcs = [...gcs, { ...gc('major', timeMs - 300 * random.next() - 1, old + young, floor), forced }];
      // What a full collection left is garbage of the next one, too.
      oldGarbage = Math.max(0, floor - live);
      majorAt = nextMajor(floor, old, limitBytes, second - lastMajorSecond);
      externalAtMajor = external;
      lastMajorSecond = second;
      lastFloorSecond = second;
      floors = [
        {
          timeMs: gcs[gcs.length - 1]?.timeMs ?? timeMs,
          heapBytes: floor,
          externalBytes: Math.round(external),
          openConnections: connections,
        },
      ];
    }
    const heapUsed = live + oldGarbage + young;
    const seen = isSeen === undefined || isSeen(second);
    if (!seen) continue;
    const heapTotal = heapUsed + 4 * MB;
    const sample: Sample = {
      timeMs,
      rss: heapTotal + external + native,
      heapUsed,
      heapTotal,
      external,
      arrayBuffers: 0,
      openConnections: connections,
      activeTimers: 5,
      inside: {
        spaces: NO_SPACES,
        loopDelayMs: 1,
        loopUtilization: BUSY,
        httpRequests: Math.round(requests),
        connectionsOpened: Math.round(opened),
        connectionsClosed: Math.round(opened) - connections,
        activeResources: NO_RESOURCES,
      },
    };
    if (onTick({ sample, gcs, floors }) === false) return;
  }
}

/**
 * How far apart leakline's own collections are (src/probe/gc-budget.ts): a fortieth of the watch, and as long as keeps their cost
 * to 2 % of the time in the first minute and 0.1 % afterwards.
 */
function forcedEverySeconds(heapBytes: number, limitBytes: number, second: number): number {
  const isForced = heapBytes < MOST_FORCED_BYTES;
  if (!isForced && limitBytes < LEAST_LIMIT_TO_START_BYTES) return Infinity;
  const heapMb = heapBytes / MB;
  const costMs = (isForced ? 3 + 1.5 * heapMb : 10 + 1.2 * heapMb) + 200 * BUSY;
  const first = second < 60;
  return Math.max(first ? 1.7 : second / 40, costMs / (first ? 0.02 : 0.001) / 1000);
}

const NO_SPACES = { young: 0, old: 0, large: 0, code: 0 };
const NO_RESOURCES = {};

function gc(kind: 'major' | 'minor', timeMs: number, beforeBytes: number, afterBytes: number): GcEvent {
  return { timeMs, kind, durationMs: 5, beforeBytes, afterBytes, forced: false };
}

/** The old space's size at which V8 will collect next. */
function nextMajor(floor: number, old: number, limitBytes: number, sinceSeconds: number): number {
  const bytesPerMs = Math.max(1, old - floor) / Math.max(1, sinceSeconds) / 1000;
  const ratio = GC_BYTES_PER_MS / bytesPerMs;
  const [a, b] = [ratio * 0.03, ratio * 0.03 - 0.97];
  const factor = a < b * 4 ? Math.max(1.1, a / b) : 4;
  const grown = Math.max(floor * factor, floor + LEAST_GROWTH_BYTES);
  return Math.min(grown, (floor + limitBytes) / 2);
}
