import type { Sample, Series } from '../../core/series.ts';
import { DeepFalls, envelopeOf, type Envelope } from './envelope.ts';
import { CounterLog } from './counter-log.ts';
import type { LogTime } from './log-time.ts';
import { memoryFields, type MemoryField } from './memory-names.ts';
import type { MemoryRow } from './memory-row.ts';

/** The sampled memory of one process, in bounded memory. Units are told by the first row, times by all of them. */
export class MemoryLog {
  readonly #everyMs: number;
  readonly #falls = new DeepFalls();
  readonly #counters = new CounterLog();
  #samples: Sample[] = [];
  /** Rows that each kept sample stands for. */
  #stride = 1;
  #pending: Sample[] = [];
  #unitBytes: number | null = null;
  #unitWasWritten = false;
  #timeKind: LogTime['kind'] | 'none' | null = null;
  #first = 0;
  #last = Number.NEGATIVE_INFINITY;
  #stepsSum = 0;
  #count = 0;
  #decimals = 0;
  #outOfOrder = 0;
  #firstSample: Sample | null = null;
  #lastSample: Sample | null = null;
  #restarts = 0;

  /** `everyMs`: how far rows are apart that have no time. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Whether the row fits those before it: in its kind of time, and in order. */
  add(row: MemoryRow): boolean {
    const time = this.#timeOf(row);
    if (time === null) return false;
    const sample = this.#sampleOf(row, time);
    this.#falls.add(sample);
    if (row.counts !== undefined) this.#counters.add(time, row.counts);
    if (this.#lastSample !== null && this.#looksRestarted(this.#lastSample, sample)) this.#restarts += 1;
    this.#firstSample ??= sample;
    this.#lastSample = sample;
    this.#pending.push(sample);
    if (this.#pending.length >= this.#stride) this.#keep();
    return true;
  }

  end(): MemoryReading {
    if (this.#pending.length > 0) this.#keep();
    // `performance.now()` and `process.uptime()` differ by a thousand; samples a second apart or more are the rule.
    const scale =
      this.#timeKind === 'elapsed' && this.#stepsSum / Math.max(1, this.#count - 1) < 20 ? 1000 : 1;
    const timeOf = (timeMs: number): number => (timeMs - this.#first) * scale;
    const scaled = (sample: Sample): Sample => ({ ...sample, timeMs: timeOf(sample.timeMs) });
    const samples = this.#samples.map(scaled);
    const envelope = envelopeOf(samples, this.#falls.floors.map(scaled));
    const unitBytes = this.#unitBytes ?? 1;
    return {
      series: {
        samples,
        gcs: [],
        floors: envelope.floors,
        counters: this.#counters.counters(timeOf),
        resolutionBytes: Math.max(1, unitBytes * 10 ** -this.#decimals),
      },
      proves: envelope.proves,
      startEpochMs: this.#timeKind === 'clock' ? this.#first : null,
      time:
        this.#timeKind === 'elapsed'
          ? scale === 1
            ? 'milliseconds'
            : 'seconds'
          : (this.#timeKind ?? 'none'),
      unitBytes,
      unitWasWritten: this.#unitWasWritten,
      outOfOrder: this.#outOfOrder,
      restarts: this.#restarts,
      rows: this.#count,
    };
  }

  #timeOf({ time }: MemoryRow): number | null {
    const kind = time?.kind ?? 'none';
    this.#timeKind ??= kind;
    if (kind !== this.#timeKind) return null;
    const value =
      time === null ? this.#count * this.#everyMs : time.kind === 'clock' ? time.epochMs : time.count;
    if (this.#count === 0) this.#first = value;
    else if (value <= this.#last) {
      this.#outOfOrder += 1;
      return null;
    } else this.#stepsSum += value - this.#last;
    this.#last = value;
    this.#count += 1;
    return value;
  }

  #sampleOf({ sizes }: MemoryRow, timeMs: number): Sample {
    this.#unitBytes ??= this.#unitOf(sizes);
    const bytes = (field: MemoryField): number => {
      const size = sizes.get(field);
      if (size === undefined) return NaN;
      if (field === 'heapUsed') this.#decimals = Math.max(this.#decimals, size.decimals);
      return Math.round(size.value * (size.unitBytes ?? this.#unitBytes ?? 1));
    };
    return {
      timeMs,
      rss: bytes('rss'),
      heapUsed: bytes('heapUsed'),
      heapTotal: bytes('heapTotal'),
      external: bytes('external'),
      arrayBuffers: bytes('arrayBuffers'),
      openConnections: NaN,
      activeTimers: NaN,
    };
  }

  /** A collection lowers RSS little by little: by half at once, down to where the log began, another process has begun. */
  #looksRestarted(before: Sample, after: Sample): boolean {
    const firstRss = this.#firstSample?.rss ?? NaN;
    return after.rss < before.rss / 2 && after.rss < firstRss * 1.3;
  }

  /** No Node process has an RSS or a heap below 1.5 MB, nor one of 10 GB: so the figure tells bytes, KB and MB apart. */
  #unitOf(sizes: MemoryRow['sizes']): number {
    const written = memoryFields
      .map((field) => sizes.get(field)?.unitBytes ?? null)
      .find((unit) => unit !== null);
    if (written !== undefined && written !== null) {
      this.#unitWasWritten = true;
      return written;
    }
    const value =
      sizes.get('rss')?.value ?? sizes.get('heapTotal')?.value ?? sizes.get('heapUsed')?.value ?? 0;
    return value >= 1_500_000 ? 1 : value >= 10_000 ? 2 ** 10 : 2 ** 20;
  }

  /** Of the rows that share a place the lowest stays: the envelope is what is judged. */
  #keep(): void {
    this.#samples.push(lowestOf(this.#pending));
    this.#pending = [];
    if (this.#samples.length < MOST_SAMPLES) return;
    this.#samples = Array.from({ length: MOST_SAMPLES / 2 }, (_, pair) =>
      lowestOf(this.#samples.slice(pair * 2, pair * 2 + 2)),
    );
    this.#stride *= 2;
  }
}

export type MemoryReading = {
  readonly series: Series;
  readonly proves: Envelope['proves'];
  /** `null` where the log tells no time of day. */
  readonly startEpochMs: number | null;
  readonly time: 'clock' | 'milliseconds' | 'seconds' | 'none';
  readonly unitBytes: number;
  readonly unitWasWritten: boolean;
  /** Rows left out because their time was not later than that of the row before. */
  readonly outOfOrder: number;
  /** How often memory fell at once to where it began, as it does when another process takes over. */
  readonly restarts: number;
  readonly rows: number;
};

const MOST_SAMPLES = 4096;

function lowestOf(samples: readonly Sample[]): Sample {
  const [first, ...others] = samples;
  if (first === undefined) throw new Error('a place in the log stands for a sample at least');
  const size = ({ heapUsed, rss }: Sample): number => (Number.isFinite(heapUsed) ? heapUsed : rss);
  return others.reduce((lowest, sample) => (size(sample) < size(lowest) ? sample : lowest), first);
}
