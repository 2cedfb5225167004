import type { Service, Signal } from './service.ts';
import { Random } from './traces.ts';

/**
 * Healthy services for a day, drawn widely: limits from 256 MB to 4 GB, and what comes and goes up to 60 % of the room
 * that is left below them. Growth as even as a leak (a fill without a bend, a job's ramp, a store with a time to live)
 * stays below a fifth of that room: beyond it nothing but time tells it from a leak, and `even-fills.md` counts that apart.
 */
export type DayFamily = {
  readonly name: string;
  readonly draw: (random: Random) => Service;
};

/** A service of the family, and the rest of its chance, which `play` goes on with. */
export function serviceOf(
  family: DayFamily,
  seed: number,
): { readonly service: Service; readonly random: Random } {
  let hash = 17;
  for (const letter of family.name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  const random = new Random(seed * 7919 + hash);
  return { service: family.draw(random), random };
}

const MB = 1e6;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const MOST_EVEN_SHARE = 0.2;

type Room = Pick<Service, 'limitBytes' | 'baseBytes' | 'allocation' | 'promotedShare' | 'noise'> & {
  readonly headroomBytes: number;
};

/** The ordinary part of a service: how large it is, how it allocates, how exact its floors are. */
function draw(random: Random, noiseShare = logBetween(random, 1e-5, 3e-3)): Room {
  const limitBytes = logBetween(random, 256 * MB, 4_300 * MB);
  const baseBytes = Math.min(limitBytes / 3, logBetween(random, 4 * MB, 400 * MB));
  const headroomBytes = limitBytes - baseBytes;
  const allocated = logBetween(random, 0.05 * MB, 30 * MB);
  const ripple = random.between(0, 0.5);
  const periodSeconds = random.between(5, 20) * MINUTE;
  const floating = noiseShare * headroomBytes;
  return {
    limitBytes,
    baseBytes,
    headroomBytes,
    allocation: (t) => allocated * (1 + ripple * Math.sin((2 * Math.PI * t) / periodSeconds)),
    promotedShare: logBetween(random, 0.002, 0.1),
    noise: () => random.exponential(floating),
  };
}

function logBetween(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.next();
}

/** A daily wave from 0 to 1, its trough at a random hour. */
function wave(random: Random): Signal {
  const phase = random.between(0, DAY);
  const sharpness = random.between(0, 0.5);
  return (t) => {
    const angle = (2 * Math.PI * (t + phase)) / DAY;
    return Math.min(1, Math.max(0, 0.5 * (1 - Math.cos(angle)) + sharpness * 0.2 * Math.sin(2 * angle)));
  };
}

/** What something follows with a delay: a moving mean over about `seconds`. */
function lagged(signal: Signal, seconds: number): Signal {
  let value: number | undefined;
  return (t) => {
    const now = signal(t);
    value = value === undefined ? now : value + (now - value) / Math.max(1, seconds);
    return value;
  };
}

/** Keys asked for evenly from so many that a cache of `share` of them fills along a bent curve, then stays full. */
function cacheFill(bytes: number, share: number, fillSeconds: number): Signal {
  const rate = -Math.log(1 - share) / fillSeconds;
  return (t) => (bytes / share) * Math.min(share, 1 - Math.exp(-rate * Math.max(0, t)));
}

/** Up over `rampSeconds`, kept, gone: the memory of a job. */
function job(at: number, rampSeconds: number, lasts: number, bytes: number): Signal {
  return (t) => {
    if (t < at || t > at + lasts) return 0;
    return bytes * Math.min(1, (t - at) / Math.max(1, rampSeconds));
  };
}

function many<Item>(random: Random, least: number, most: number, make: () => Item): Item[] {
  return Array.from({ length: Math.floor(random.between(least, most + 1)) }, make);
}

export const dayFamilies: readonly DayFamily[] = [
  {
    name: 'warm-up',
    draw: (random) => {
      const room = draw(random);
      const bytes = logBetween(random, 0.002, 0.4) * room.headroomBytes;
      const decay = logBetween(random, 5, 40 * MINUTE);
      const modules = many(random, 0, 8, () => ({
        at: decay * random.exponential(1.5),
        bytes: random.between(0, 2) * MB,
      }));
      return {
        ...room,
        heap: (t) => {
          let sum = bytes * (1 - Math.exp(-t / decay));
          for (const module of modules) if (t >= module.at) sum += module.bytes;
          return sum;
        },
      };
    },
  },
  {
    name: 'LRU cache fills',
    draw: (random) => {
      const room = draw(random);
      const share = random.between(0.05, 0.98);
      // The bend of a fill shows where it holds most of its keys; a straight one must stay small.
      const most = share < 0.85 ? MOST_EVEN_SHARE : 0.6;
      const bytes = logBetween(random, 0.005, most) * room.headroomBytes;
      return { ...room, heap: cacheFill(bytes, share, logBetween(random, MINUTE, 12 * HOUR)) };
    },
  },
  {
    name: 'sawtooth garbage',
    draw: (random) => {
      const room = draw(random, logBetween(random, 0.002, 0.1));
      return {
        ...room,
        allocation: () => 5 * MB * (1 + random.next()),
        promotedShare: random.between(0.02, 0.2),
      };
    },
  },
  {
    name: 'daily wave of requests',
    draw: (random) => {
      const room = draw(random);
      const day = wave(random);
      const bytes = logBetween(random, 0.02, 0.5) * room.headroomBytes;
      const kept = lagged(day, logBetween(random, 10, 30 * MINUTE));
      const most = logBetween(random, 3, 3000);
      const least = random.between(0.02, 0.5);
      const load: Signal = (t) => most * (least + (1 - least) * day(t));
      const wobble = logBetween(random, 0.001, 0.05);
      return {
        ...room,
        heap: (t) => bytes * kept(t) * (1 + wobble * random.normal()),
        requestsPerSecond: (t) => Math.max(0, load(t) + Math.sqrt(load(t)) * random.normal()),
      };
    },
  },
  {
    name: 'daily wave of connections',
    draw: (random) => {
      const room = draw(random);
      const day = wave(random);
      const bytes = logBetween(random, 0.02, 0.5) * room.headroomBytes;
      const most = logBetween(random, 50, 20_000);
      const inExternal = random.next() < 0.3;
      const memory: Signal = (t) => bytes * (0.1 + 0.9 * day(t));
      return {
        ...room,
        ...(inExternal ? { external: memory } : { heap: memory }),
        connections: (t) => most * (0.1 + 0.9 * day(t)),
        requestsPerSecond: () => 20,
      };
    },
  },
  {
    name: 'deploy and reload steps',
    draw: (random) => {
      const room = draw(random);
      const steps = many(random, 1, 6, () => ({
        at: random.between(0, DAY),
        lasts: logBetween(random, 0.1, 5 * MINUTE),
        bytes: (random.next() < 0.7 ? 1 : -0.5) * logBetween(random, 0.005, 0.12) * room.headroomBytes,
      }));
      return {
        ...room,
        heap: (t) => {
          let sum = 0;
          for (const { at, lasts, bytes } of steps) sum += bytes * Math.min(1, Math.max(0, (t - at) / lasts));
          return Math.max(-room.baseBytes / 2, sum);
        },
      };
    },
  },
  {
    name: 'batch jobs',
    draw: (random) => {
      const room = draw(random);
      const every = logBetween(random, 15 * MINUTE, 8 * HOUR);
      const lasts = Math.min(every * 0.8, logBetween(random, MINUTE, HOUR));
      const bytes = logBetween(random, 0.01, MOST_EVEN_SHARE) * room.headroomBytes;
      const phase = random.between(0, every);
      const ramp = random.between(0.1, 1) * lasts;
      return {
        ...room,
        heap: (t) => job(0, ramp, lasts, bytes)((t + phase) % every),
      };
    },
  },
  {
    name: 'GC mode changes',
    draw: (random) => {
      const room = draw(random);
      const quiet = logBetween(random, 1e-5, 1e-3) * room.headroomBytes;
      const loud = logBetween(random, 1e-3, 0.08) * room.headroomBytes;
      const changes = many(random, 1, 6, () => random.between(0, DAY)).sort((a, b) => a - b);
      let now = 0;
      const mode = (): number => changes.filter((at) => at <= now).length % 2;
      return {
        ...room,
        heap: (t) => {
          now = t;
          return 0;
        },
        noise: () => random.exponential(mode() === 0 ? quiet : loud),
        promotedShare: random.between(0.01, 0.1),
      };
    },
  },
  {
    name: 'arenas grow',
    draw: (random) => {
      const room = draw(random);
      const share = logBetween(random, 0.01, MOST_EVEN_SHARE) * room.headroomBytes;
      const sizes = many(random, 4, 64, () => random.exponential(1));
      const all = sizes.reduce((sum, size) => sum + size, 0);
      const usual = logBetween(random, 20, 3 * HOUR);
      const arenas = sizes.map((size) => ({ at: random.exponential(usual), bytes: (share * size) / all }));
      const bytes = logBetween(random, 0.01, 0.15) * room.headroomBytes;
      const decay = logBetween(random, 30, 4 * HOUR);
      const wobble = logBetween(random, 0.1, 5) * MB;
      return {
        ...room,
        native: (t) => {
          let sum = bytes * (1 - Math.exp(-t / decay));
          for (const arena of arenas) if (t >= arena.at) sum += arena.bytes;
          return 40 * MB + sum + wobble * random.next();
        },
      };
    },
  },
  {
    name: 'mapped files come and go',
    draw: (random) => {
      const room = draw(random);
      const bytes = logBetween(random, 0.02, 0.6) * room.headroomBytes;
      const read = logBetween(random, 10 * MINUTE, 6 * HOUR);
      let mapped = 0;
      const pressure = 1 / logBetween(random, 2 * HOUR, 2 * DAY);
      return {
        ...room,
        native: () => {
          // Each page that is read is one of so many, and may be mapped already.
          mapped += (bytes - mapped) / read;
          if (random.next() < pressure) mapped *= random.between(0.1, 0.9);
          return 40 * MB + mapped;
        },
      };
    },
  },
  {
    name: 'a cache is flushed and refilled',
    draw: (random) => {
      const room = draw(random);
      const bytes = logBetween(random, 0.01, 0.6) * room.headroomBytes;
      const decay = logBetween(random, MINUTE, 2 * HOUR);
      const flush = 1 / logBetween(random, HOUR, DAY);
      let kept = bytes * (random.next() < 0.5 ? 0 : 1);
      return {
        ...room,
        heap: () => {
          kept += (bytes - kept) / decay;
          if (random.next() < flush) kept = 0;
          return kept;
        },
      };
    },
  },
  {
    name: 'bounded random walk',
    draw: (random) => {
      const room = draw(random);
      const range = logBetween(random, 0.01, 0.6) * room.headroomBytes;
      // The time in which it wanders through its range.
      const step = range / Math.sqrt(logBetween(random, 10 * MINUTE, 12 * HOUR));
      let level = range * random.next();
      return {
        ...room,
        heap: () => {
          level += step * random.normal();
          if (level < 0) level = -level;
          if (level > range) level = 2 * range - level;
          return level;
        },
      };
    },
  },
  {
    name: 'noise',
    draw: (random) => {
      const room = draw(random);
      const deviation = logBetween(random, 1e-5, 0.1) * room.headroomBytes;
      const memory = random.next() < 0.5 ? 0 : random.between(0.3, 0.99);
      let level = 0;
      return {
        ...room,
        promotedShare: random.between(0.01, 0.1),
        noise: () => {
          level = memory * level + Math.sqrt(1 - memory * memory) * deviation * random.normal();
          return Math.max(-0.9 * room.baseBytes, level);
        },
      };
    },
  },
  {
    name: 'store with a time to live',
    draw: (random) => {
      const room = draw(random);
      const lives = logBetween(random, 5 * MINUTE, 8 * HOUR);
      const bytes = logBetween(random, 0.005, MOST_EVEN_SHARE * 0.9) * room.headroomBytes;
      const sweeps = logBetween(random, 1, 10 * MINUTE);
      // It holds what came in the last `lives` seconds, and until the next sweep a little more.
      return {
        ...room,
        heap: (t) => (bytes * Math.min(lives, t)) / lives + (t > lives ? ((t % sweeps) / lives) * bytes : 0),
      };
    },
  },
  {
    name: 'connections ramp up',
    draw: (random) => {
      const room = draw(random);
      const ramp = logBetween(random, 5 * MINUTE, 10 * HOUR);
      const from = random.between(0, 6 * HOUR);
      const most = logBetween(random, 30, 20_000);
      const bytes = logBetween(random, 0.02, 0.6) * room.headroomBytes;
      const level: Signal = (t) => Math.min(1, Math.max(0, (t - from) / ramp));
      return { ...room, heap: (t) => bytes * level(t), connections: (t) => 5 + most * level(t) };
    },
  },
  {
    name: 'bursts of clients',
    draw: (random) => {
      const room = draw(random);
      const each = logBetween(random, 0.0005, 0.01) * room.headroomBytes;
      const starts = 1 / logBetween(random, MINUTE, HOUR);
      let ends: number[] = [];
      return {
        ...room,
        heap: (t) => {
          if (random.next() < starts) {
            const clients = Math.floor(random.between(1, 30));
            ends.push(...Array.from({ length: clients }, () => t + random.exponential(5 * MINUTE)));
          }
          if (ends.length > 0) ends = ends.filter((end) => end > t);
          return each * ends.length;
        },
        connections: () => 5 + ends.length,
      };
    },
  },
  {
    name: 'pools double',
    draw: (random) => {
      const room = draw(random);
      const most = logBetween(random, 0.02, 0.4) * room.headroomBytes;
      const first = logBetween(random, 10, 20 * MINUTE);
      // A pool doubles when it is full, and fills at the same pace: at 1, 2, 4 … times the first time, until its bound.
      return {
        ...room,
        external: (t) => 2 * MB + Math.min(most, (most / 64) * 2 ** Math.floor(Math.log2(1 + t / first))),
      };
    },
  },
  {
    name: 'seen through gaps',
    draw: (random) => {
      const room = draw(random, logBetween(random, 1e-4, 0.02));
      const bytes = logBetween(random, 0.01, 0.3) * room.headroomBytes;
      const decay = logBetween(random, MINUTE, 2 * HOUR);
      const gap = logBetween(random, 2, HOUR);
      const every = gap * logBetween(random, 1.1, 20);
      const lost = random.between(0, 0.9);
      return {
        ...room,
        allocation: () => 10 * MB,
        promotedShare: random.between(0.02, 0.2),
        heap: (t) => bytes * (1 - Math.exp(-t / decay)),
        isSeen: (t) => t % every > gap && random.next() >= lost,
      };
    },
  },
];
