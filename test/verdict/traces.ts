import type { Floor, Sample, Series } from '../../src/core/series.ts';

/**
 * Servers drawn as sums of what their memory is made of, with floors where leakline would see them: one forced
 * every 2 s, natural ones in between where memory grows fast. Everything comes from the seed.
 */
export type Family = {
  readonly name: string;
  readonly healthy: boolean;
  readonly seconds: number;
  readonly draw: (random: Random) => Drawing;
};

/** Bytes as functions of the seconds since the watch began. Noise is drawn per floor. */
export type Drawing = {
  readonly heap: (seconds: number) => number;
  readonly external?: (seconds: number) => number;
  readonly native?: (seconds: number) => number;
  readonly connections?: (seconds: number) => number;
  readonly noise?: () => number;
  readonly everySeconds?: number;
};

export const limitBytes = 4_345_298_944;
const KB = 1_000;
const MB = 1_000_000;

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1): mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }
}

/** A trace of one server of the family. */
export function trace(family: Family, seed: number): Series {
  const random = new Random(seed * 7919 + hash(family.name));
  return drawSeries(family.draw(random), family.seconds, random);
}

export function drawSeries(drawing: Drawing, seconds: number, random: Random): Series {
  const { heap, external = () => 1_664 * KB, native = () => 40 * MB, connections = () => 4 } = drawing;
  const { noise = () => 5 * KB * random.normal(), everySeconds = 2 } = drawing;
  const baseline = random.between(3, 40) * MB;
  const floors: Floor[] = [];
  let lastBytes = 0;
  let nextForced = random.between(0.5, 1) * everySeconds;
  let nextNatural = random.between(0.3, 3);
  while (Math.min(nextForced, nextNatural) < seconds) {
    const forced = nextForced <= nextNatural;
    const time = forced ? nextForced : nextNatural;
    const bytes = baseline + heap(time);
    // V8 collects of its own accord when the heap has grown by a good part of itself.
    if (forced || bytes > 1.3 * lastBytes + 8 * MB) {
      lastBytes = bytes;
      floors.push({
        timeMs: Math.round(time * 1000),
        heapBytes: Math.max(0, Math.round(bytes + noise())),
        externalBytes: Math.round(external(time)),
        openConnections: Math.round(connections(time)),
      });
    }
    if (forced) nextForced += everySeconds * random.between(0.99, 1.03);
    else nextNatural += random.between(0.3, 1);
  }
  const samples = Array.from({ length: Math.floor(seconds) }, (_, second): Sample => {
    const heapUsed = baseline + heap(second) + random.exponential(3 * MB);
    const heapTotal = heapUsed + 4 * MB;
    return {
      timeMs: second * 1000,
      rss: heapTotal + external(second) + native(second),
      heapUsed,
      heapTotal,
      external: external(second),
      arrayBuffers: 0,
      openConnections: connections(second),
      activeTimers: 1,
    };
  });
  return { samples, gcs: [], floors };
}

function hash(text: string): number {
  let value = 17;
  for (const letter of text) value = Math.imul(value, 31) + letter.charCodeAt(0);
  return value >>> 0;
}

/** 3 to 9 KB/s at first, gone after half a minute, and now and then a lazily compiled module. */
function warmUp(random: Random): (seconds: number) => number {
  const rate = random.between(3, 9) * KB;
  const decay = random.between(8, 15);
  const steps = [random.between(0, 40), random.between(0, 40)].map((at) => ({
    at,
    bytes: random.between(0, 40) * KB,
  }));
  return (seconds) =>
    rate * decay * (1 - Math.exp(-seconds / decay)) +
    steps.reduce((sum, step) => sum + (seconds >= step.at ? step.bytes : 0), 0);
}

/** Clients that come at 2 s; each makes the server keep an array a second until it leaves, or for ever. */
function clients(
  random: Random,
  count: number,
  bytesEach: number,
  leak: boolean,
): (seconds: number) => number {
  const all = Array.from({ length: count }, () => {
    const from = 2 + random.between(0, 0.6);
    return { from, to: from + random.between(2, 4) };
  });
  return (seconds) =>
    all.reduce((sum, client) => {
      if (!leak && seconds >= client.to) return sum;
      return sum + Math.max(0, Math.floor(seconds - client.from)) * bytesEach;
    }, 0);
}

/** A stationary random walk: what it was a moment ago, and something new. */
function wander(random: Random, deviation: number, memory: number): () => number {
  let level = deviation * random.normal();
  return () => {
    level = memory * level + Math.sqrt(1 - memory * memory) * deviation * random.normal();
    return level;
  };
}

function storyConnections(seconds: number): number {
  return seconds > 2 && seconds < 5 ? 11 : 4;
}

const plain: readonly Family[] = [
  {
    name: 'warming up',
    healthy: true,
    seconds: 60,
    draw: (random) => ({ heap: warmUp(random) }),
  },
  {
    name: 'story, fixed',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const kept = clients(random, 7, 8 * MB, false);
      return { heap: (t) => warm(t) + kept(t), connections: storyConnections };
    },
  },
  {
    name: 'story, fixed, 3 x 8 KB/s',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const kept = clients(random, 3, 8 * KB, false);
      return { heap: (t) => warm(t) + kept(t), connections: storyConnections };
    },
  },
  {
    name: 'LRU that fills for 25 s',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const rate = random.between(100, 1_000) * KB;
      const from = random.between(0, 2);
      return { heap: (t) => warm(t) + rate * Math.min(25, Math.max(0, t - from)) };
    },
  },
  {
    name: 'sessions with a TTL of 15 s',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const rate = random.between(20, 250) * KB;
      const swept = wander(random, rate * 0.3, 0.5);
      return { heap: (t) => warm(t) + rate * Math.min(15, t), noise: swept };
    },
  },
  {
    name: 'connections from 10 to 500',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const each = random.between(10, 60) * KB;
      const connections = (t: number): number => 10 + 490 * Math.min(1, t / 36);
      return { heap: (t) => warm(t) + each * connections(t), connections };
    },
  },
  {
    name: 'sawtooth garbage',
    healthy: true,
    seconds: 90,
    draw: (random) => {
      const garbage = random.between(0.1, 4) * MB;
      return { heap: warmUp(random), noise: () => random.exponential(garbage) };
    },
  },
  {
    name: 'big bursts',
    healthy: true,
    seconds: 90,
    draw: (random) => ({
      heap: warmUp(random),
      noise: () => (random.next() < 0.15 ? random.between(20, 200) * MB : 10 * KB * random.normal()),
    }),
  },
  {
    name: 'deploy step',
    healthy: true,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const at = random.between(5, 50);
      const lasts = random.between(0.1, 4);
      const size = random.between(1, 50) * MB;
      return { heap: (t) => warm(t) + size * Math.min(1, Math.max(0, (t - at) / lasts)) };
    },
  },
  {
    name: 'wandering level',
    healthy: true,
    seconds: 120,
    draw: (random) => ({
      heap: warmUp(random),
      noise: wander(random, random.between(0.05, 2) * MB, random.between(0.5, 0.97)),
    }),
  },
  {
    name: 'random walk',
    healthy: true,
    seconds: 120,
    draw: (random) => {
      const step = random.between(5, 300) * KB;
      let level = 50 * step;
      return { heap: warmUp(random), noise: () => (level = Math.abs(level + step * random.normal())) };
    },
  },
  {
    name: 'noise',
    healthy: true,
    seconds: 120,
    draw: (random) => {
      const deviation = random.between(0, 500) * KB;
      return { heap: () => 0, noise: () => deviation * random.normal() };
    },
  },
  {
    name: 'cold cache refilled in half a minute',
    healthy: true,
    seconds: 120,
    draw: (random) => {
      const warm = warmUp(random);
      const size = random.between(1, 20) * MB;
      const at = random.between(0, 40);
      return { heap: (t) => warm(t) + size * (1 - Math.exp(-Math.max(0, t - at) / 8)) };
    },
  },
  {
    name: 'arenas grow',
    healthy: true,
    seconds: 600,
    draw: (random) => {
      const rate = random.between(300, 700) * KB;
      const wandering = wander(random, 3 * MB, 0.8);
      return {
        heap: warmUp(random),
        native: (t) => 40 * MB + rate * 30 * (1 - Math.exp(-t / 30)) + wandering(),
        everySeconds: 10,
      };
    },
  },
  {
    name: 'a day at one collection a minute',
    healthy: true,
    seconds: 86_400,
    draw: (random) => {
      const wave = random.between(0.5, 20) * MB;
      const phase = random.between(0, 2 * Math.PI);
      return {
        heap: (t) => wave * (1 + Math.sin(phase + (2 * Math.PI * t) / 86_400)),
        noise: wander(random, wave / 5, 0.7),
        connections: (t) => 200 * (1 + Math.sin(phase + (2 * Math.PI * t) / 86_400)),
        everySeconds: 60,
      };
    },
  },
];

function leak(name: string, seconds: number, low: number, high: number, noise: number): Family {
  return {
    name,
    healthy: false,
    seconds,
    draw: (random) => {
      const warm = warmUp(random);
      const rate = random.between(low, high);
      return { heap: (t) => warm(t) + rate * t, noise: () => noise * random.normal() };
    },
  };
}

const leaking: readonly Family[] = [
  {
    name: 'story, leaking',
    healthy: false,
    seconds: 30,
    draw: (random) => {
      const warm = warmUp(random);
      const kept = clients(random, 7, 8 * MB, true);
      return { heap: (t) => warm(t) + kept(t), connections: storyConnections };
    },
  },
  {
    name: 'story, leaking, 3 x 8 KB/s',
    healthy: false,
    seconds: 60,
    draw: (random) => {
      const warm = warmUp(random);
      const kept = clients(random, 3, 8 * KB, true);
      return { heap: (t) => warm(t) + kept(t), connections: storyConnections };
    },
  },
  leak('15 KB/s, clean', 90, 14_000, 16_000, 10 * KB),
  leak('15 KB/s, r2 0.98', 90, 14_000, 16_000, 18 * KB),
  leak('50 to 350 KB/s', 60, 50_000, 350_000, 20 * KB),
  leak('100 KB/s in noise of 300 KB', 180, 90_000, 110_000, 300 * KB),
  leak('1 to 5 MB/s', 60, 1_000_000, 5_000_000, 200 * KB),
  {
    name: '200 KB/s and a wandering level',
    healthy: false,
    seconds: 180,
    draw: (random) => ({ heap: (t) => 200 * KB * t, noise: wander(random, 300 * KB, 0.8) }),
  },
  {
    name: '60 KB/s and burst garbage',
    healthy: false,
    seconds: 240,
    draw: (random) => ({ heap: (t) => 60 * KB * t, noise: () => random.exponential(500 * KB) }),
  },
  {
    name: '100 KB/s after a minute of peace',
    healthy: false,
    seconds: 180,
    draw: (random) => {
      const warm = warmUp(random);
      return {
        heap: (t) => warm(t) + 100 * KB * Math.max(0, t - 60),
        noise: () => 20 * KB * random.normal(),
      };
    },
  },
  {
    name: '300 KB every 5 s',
    healthy: false,
    seconds: 120,
    draw: (random) => {
      const warm = warmUp(random);
      return { heap: (t) => warm(t) + 300 * KB * Math.floor(t / 5) };
    },
  },
  {
    name: 'external, 500 KB/s',
    healthy: false,
    seconds: 60,
    draw: (random) => ({ heap: warmUp(random), external: (t) => 2 * MB + 500 * KB * t }),
  },
  {
    name: 'native, 400 KB/s',
    healthy: false,
    seconds: 900,
    draw: (random) => {
      const wandering = wander(random, 2 * MB, 0.8);
      return { heap: warmUp(random), native: (t) => 40 * MB + 400 * KB * t + wandering(), everySeconds: 10 };
    },
  },
];

export const families: readonly Family[] = [...plain, ...leaking];

export function familyNamed(name: string): Family {
  const family = families.find((candidate) => candidate.name === name);
  if (family === undefined) throw new Error(`no family is called ${name}`);
  return family;
}

/** The series as a watcher knew it `ms` after the start. */
export function until(series: Series, ms: number): Series {
  return {
    ...series,
    samples: series.samples.filter((sample) => sample.timeMs <= ms),
    gcs: [],
    floors: series.floors.filter((floor) => floor.timeMs <= ms),
  };
}
