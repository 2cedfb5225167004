import type { Series } from '../../core/series.ts';
import { GcLog } from './gc-log.ts';
import { readTracedGcs, type TracedGc } from './gc-trace.ts';
import { LineSplitter } from './lines.ts';
import { type LogTime, stampIn } from './log-time.ts';
import { MemoryCsv } from './memory-csv.ts';
import { readJsonLine } from './memory-json.ts';
import { MemoryLog, type MemoryReading } from './memory-log.ts';
import type { MemoryRow } from './memory-row.ts';
import { MemoryText } from './memory-text.ts';
import { looksLikeRange, readRange } from './prometheus-range.ts';

/**
 * Reads a log in pieces of text, recognises what it is line by line, and gives a `Series` for each isolate or process it
 * tells of. Every line may be a collection, memory, or the program's own output; nothing it holds makes it throw.
 *
 * Memory stays bounded, the cost is linear in the text. Where a log has collections, memory samples beside them are
 * counted and left aside: floors are worth more.
 */
export class LogReader {
  readonly #everyMs: number;
  readonly #splitter = new LineSplitter((line) => this.#line(line));
  readonly #gcLogs: GcLog[] = [];
  readonly #currentGcLog = new Map<string, GcLog>();
  readonly #memoryLogs = new Map<string, { readonly pid: number | null; readonly log: MemoryLog }>();
  readonly #csv = new MemoryCsv();
  readonly #text = new MemoryText();
  /** The beginning of the text, or all of it where it begins like one document. */
  #head: string | null = '';
  #isRange = false;
  #formats = new Set<LogFormat>();
  #counts = { lines: 0, used: 0, unreadable: 0, repeated: 0, tooMany: 0 };
  #rows = 0;

  constructor(options: { readonly everyMs: number }) {
    this.#everyMs = options.everyMs;
  }

  push(text: string): void {
    if (this.#head === null) {
      this.#splitter.push(text);
      return;
    }
    this.#head += text;
    this.#isRange ||= looksLikeRange(this.#head.slice(0, HEAD_LENGTH));
    if (this.#head.length > (this.#isRange ? LONGEST_DOCUMENT : HEAD_LENGTH)) this.#flushHead();
  }

  end(): LogReading {
    const range = this.#isRange && this.#head !== null ? readRange(this.#head) : undefined;
    if (range === undefined) {
      this.#flushHead();
      this.#splitter.end();
    } else {
      this.#counts.lines = range.rows.length + range.otherMetrics;
      this.#counts.unreadable = range.otherMetrics;
      for (const row of range.rows) this.#row(row, 'prometheus');
    }
    const gcs = this.#gcLogs.filter((log) => log.count > 0);
    const counts = { ...this.#counts, setAside: gcs.length > 0 ? this.#rows : 0 };
    if (gcs.length > 0) return { format: 'gc-trace', counts, sources: gcs.map(gcSource) };
    const sources = [...this.#memoryLogs].map(([key, { pid, log }]) => memorySource(key, pid, log.end()));
    return { format: [...this.#formats].at(-1) ?? null, counts, sources };
  }

  #flushHead(): void {
    const head = this.#head;
    this.#head = null;
    if (head !== null) this.#splitter.push(head);
  }

  #line(written: string): void {
    const line = withoutColours(written);
    if (line.trim() === '') return;
    this.#counts.lines += 1;
    this.#read(line, null, true);
  }

  #read(line: string, time: LogTime | null, mayUnwrap: boolean): void {
    const traced = readTracedGcs(line);
    for (const gc of traced.gcs) this.#gc(gc);
    if (traced.gcs.length > 0) this.#counts.used += 1;
    else if (traced.unreadable > 0) this.#counts.unreadable += 1;
    if (traced.gcs.length > 0 || traced.unreadable > 0) return;
    const json = readJsonLine(line);
    if (json?.kind === 'memory') {
      this.#row(
        { ...json.row, time: json.row.time ?? time ?? stampIn(line.slice(0, line.indexOf('{'))) },
        'json',
      );
      return;
    }
    if (json?.kind === 'wrapped' && mayUnwrap) {
      this.#read(withoutColours(json.text.trimEnd()), json.time, false);
      return;
    }
    if (json !== undefined) return;
    if (CUT_JSON.test(line.slice(0, 2000))) {
      this.#counts.unreadable += 1;
      return;
    }
    const csv = this.#csv.read(line);
    if (csv === 'header') this.#counts.used += 1;
    else if (csv !== undefined) this.#row(csv, 'csv');
    if (csv !== undefined) return;
    const { rows, used } = this.#text.read(line);
    if (rows.length === 0 && used) this.#counts.used += 1;
    for (const row of rows) this.#row({ ...row, time: row.time ?? time }, 'text');
  }

  #gc(gc: TracedGc): void {
    const key = `${gc.pid ?? ''}:${gc.isolate ?? ''}`;
    let log = this.#currentGcLog.get(key);
    if (log === undefined || log.isEndedBy(gc)) {
      if (this.#gcLogs.length >= MOST_SOURCES) {
        this.#counts.tooMany += 1;
        return;
      }
      log = new GcLog(gc.pid, gc.isolate);
      this.#gcLogs.push(log);
      this.#currentGcLog.set(key, log);
    }
    if (log.hasSeen(gc)) this.#counts.repeated += 1;
    else log.add(gc);
  }

  #row(row: MemoryRow, format: LogFormat): void {
    const key = row.process?.key ?? '';
    let entry = this.#memoryLogs.get(key);
    if (entry === undefined) {
      if (this.#memoryLogs.size >= MOST_SOURCES) {
        this.#counts.tooMany += 1;
        return;
      }
      entry = { pid: row.process?.pid ?? null, log: new MemoryLog(this.#everyMs) };
      this.#memoryLogs.set(key, entry);
    }
    this.#formats.add(format);
    if (entry.log.add(row)) {
      this.#rows += 1;
      this.#counts.used += 1;
    } else this.#counts.unreadable += 1;
  }
}

export type LogFormat = 'gc-trace' | 'json' | 'csv' | 'text' | 'prometheus';

export type LogReading = {
  /** `null` where nothing could be read. */
  readonly format: LogFormat | null;
  readonly counts: LogCounts;
  readonly sources: readonly LogSource[];
};

/** Lines that are not empty. Those neither used nor counted otherwise are the program's own output. */
export type LogCounts = {
  readonly lines: number;
  readonly used: number;
  /** They look like a measurement and could not be read: cut off, out of order, or another time format. */
  readonly unreadable: number;
  /** Collections that V8 printed once more as it died. */
  readonly repeated: number;
  /** Lines of more processes than are judged. */
  readonly tooMany: number;
  /** Memory samples in a log of collections. */
  readonly setAside: number;
};

/** One isolate or process of a log. */
export type LogSource = {
  readonly pid: number | null;
  /** The isolate's address, or what tells this process from the others in the log; `null` where nothing does. */
  readonly name: string | null;
  readonly series: Series;
  readonly durationMs: number;
  readonly startEpochMs: number | null;
  /** How sampled memory was understood; `null` for collections, whose format says it all. */
  readonly sampled: Omit<MemoryReading, 'series'> | null;
};

const HEAD_LENGTH = 4096;
/** A month of one process at a sample each 15 s is 4 MB. */
const LONGEST_DOCUMENT = 100_000_000;
const MOST_SOURCES = 256;
/** An object that begins on this line, with memory in it, and does not end: it was cut off. */
const CUT_JSON = /^[^{]*\{\s{0,4}".*(?:rss|heap_?used)/i;

// biome and editors show control characters badly, so the escape is spelled out.
const COLOURS = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]{0,24}m`, 'g');

function withoutColours(line: string): string {
  return line.includes('\u001B') ? line.replace(COLOURS, '') : line;
}

function gcSource(log: GcLog): LogSource {
  return {
    pid: log.pid,
    name: log.isolate,
    series: log.series(),
    durationMs: log.spanMs,
    startEpochMs: null,
    sampled: null,
  };
}

function memorySource(key: string, pid: number | null, { series, ...sampled }: MemoryReading): LogSource {
  return {
    pid,
    name: key === '' ? null : key,
    series,
    durationMs: series.samples.at(-1)?.timeMs ?? 0,
    startEpochMs: sampled.startEpochMs,
    sampled,
  };
}
