import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { LeaklineError } from '../core/errors.ts';
import type { Verdict } from '../core/verdict.ts';
import { LogReader, type LogCounts, type LogReading, type LogSource } from '../probe/log/log-reader.ts';
import { buildIsolateReport, buildReport } from '../report/build.ts';
import type { Report } from '../report/schema.ts';
import { decide } from '../verdict/decide.ts';
import { outlookOf } from '../verdict/outlook.ts';
import { growthPerOperation } from '../verdict/per-operation.ts';

export type JudgeRequest = {
  /** Where the process dies; `null` when nobody says, and then nothing is forecast. */
  readonly limitBytes: number | null;
  readonly falseAlarmProbability: number;
  /** How far samples without a time are apart. */
  readonly everyMs: number;
};

/**
 * The verdict for numbers recorded elsewhere: a report for each isolate or process a log tells of, in the order in which
 * they appear. `-` reads `standardInput`. The file is streamed: memory stays bounded whatever its size.
 *
 * Throws `LOG_UNREADABLE` and `LOG_WITHOUT_MEMORY`.
 */
export async function judgeLog(
  file: string,
  request: JudgeRequest,
  standardInput: Readable,
): Promise<readonly Report[]> {
  const reader = new LogReader({ everyMs: request.everyMs });
  const name = file === '-' ? 'standard input' : file;
  await readInto(reader, file === '-' ? standardInput : createReadStream(file), name);
  const reading = reader.end();
  const { format, counts, sources } = reading;
  if (format === null || sources.length === 0) {
    throw new LeaklineError('LOG_WITHOUT_MEMORY', { file: name, lines: counts.lines });
  }
  return sources.map((source) =>
    reportOf(source, reading, request, {
      file: name,
      format,
      lines: counts.lines,
      linesUsed: counts.used,
      linesUnreadable: counts.unreadable,
    }),
  );
}

async function readInto(reader: LogReader, stream: Readable, file: string): Promise<void> {
  const decoder = new TextDecoder();
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    // Only the world's failures are caught: a bug of the reader is not the file's fault.
    const { done, value } = await chunks.next().catch((cause: unknown) => {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new LeaklineError('LOG_UNREADABLE', { file, message }, { cause });
    });
    if (done === true) break;
    reader.push(decoder.decode(value as Uint8Array, { stream: true }));
  }
  reader.push(decoder.decode());
}

const LEVEL = 0.99;

function reportOf(
  source: LogSource,
  { counts, sources }: LogReading,
  request: JudgeRequest,
  document: NonNullable<Report['source']>,
): Report {
  const { limitBytes, falseAlarmProbability } = request;
  const found = decide(source.series, {
    limitBytes,
    watchedMs: source.durationMs,
    falseAlarmProbability,
    level: LEVEL,
  });
  const verdict = asFarAsProved(found, source);
  const limits = { heapBytes: limitBytes, containerBytes: null, rlimitBytes: null };
  const isolate = buildIsolateReport({
    durationMs: source.durationMs,
    target: {
      pid: source.pid,
      node: null,
      command: null,
      isolate: source.name,
      name: null,
      limits: {
        ...limits,
        effectiveBytes: limitBytes,
        which: limitBytes === null ? null : 'heap',
      },
      exit: null,
    },
    source: document,
    level: LEVEL,
    falseAlarmProbability,
    verdict,
    perOperation: growthPerOperation(source.series, verdict, LEVEL),
    outlook: outlookOf(source.series, verdict, limits, source.durationMs),
    findings: [],
    namedAtMs: null,
    steadyContainers: [],
    series: source.series,
    cost: null,
  });
  return buildReport({
    startedAt: source.startEpochMs === null ? null : new Date(source.startEpochMs).toISOString(),
    isolate,
    others: [],
    exit: null,
    notes: [
      // A watch excuses growth that follows the connections; a log does not tell of them.
      ...(verdict.kind === 'leaking'
        ? ['A log does not tell of open connections: memory that they rightly need counts as growth.']
        : []),
      ...sourceNotes(source, request),
      ...countNotes(counts, sources.length),
    ],
  });
}

/**
 * Where floors are only bounded by samples, growth may be garbage that nothing has collected yet; and where processes
 * take turns in one log, each begins where the one before began, leak or not.
 */
function asFarAsProved(verdict: Verdict, { sampled }: LogSource): Verdict {
  if (sampled === null) return verdict;
  const { proves, restarts } = sampled;
  if (verdict.kind === 'steady' && restarts > 0) {
    return open(
      verdict,
      `memory fell at once to where it began, ${plural(restarts, 'time')}, as when a process is started again: a leak that ends so looks steady from afar. Judge the stretch between two starts`,
    );
  }
  if (verdict.kind !== 'leaking' || verdict.space === 'native') return verdict;
  // No collection was seen, so none is to be spoken of.
  const told = { ...verdict, reason: verdict.reason.replace('collections', 'low points') };
  if (proves === 'heap and external' || (proves === 'heap' && verdict.space === 'heap')) return told;
  return open(
    verdict,
    'memory rises, but these samples show no major garbage collection: it may be garbage that waits for one. A log of node --trace-gc, or leakline on the running process, can tell',
  );
}

function open(verdict: Verdict, reason: string): Verdict {
  return {
    ...verdict,
    kind: 'inconclusive',
    space: null,
    decidedAtMs: null,
    forecast: null,
    watchMoreMs: null,
    reason,
  };
}

function sourceNotes({ sampled }: LogSource, { everyMs }: JudgeRequest): string[] {
  if (sampled === null) {
    return [
      'A garbage collection log tells of the JavaScript heap alone: Buffers and native memory were not judged.',
    ];
  }
  const notes = [
    sampled.proves === 'heap and external'
      ? 'The log has samples and no collections. Memory after a collection was taken from the samples that follow a deep fall of used heap.'
      : 'The log has samples and no collections. Memory after a collection was bounded from above by the lowest used heap of each stretch.',
  ];
  if (!sampled.unitWasWritten) {
    notes.push(`Sizes were taken to be ${UNIT_WORDS[sampled.unitBytes] ?? 'bytes'}.`);
  }
  if (sampled.time === 'none') {
    notes.push(`The samples have no time: they were taken to be ${everyMs / 1000} s apart (--every).`);
  } else if (sampled.time !== 'clock') {
    notes.push(`Times were taken to be ${sampled.time} since the start.`);
  }
  if (sampled.outOfOrder > 0) {
    notes.push(`${plural(sampled.outOfOrder, 'sample')} whose time did not go forward left out.`);
  }
  return notes;
}

const UNIT_WORDS: Readonly<Record<number, string>> = { 1: 'bytes', [2 ** 10]: 'KB', [2 ** 20]: 'MB' };

function countNotes(counts: LogCounts, sources: number): string[] {
  const { lines, used, unreadable, repeated, tooMany, setAside } = counts;
  const other = Math.max(0, lines - used - unreadable - repeated - tooMany);
  const notes: string[] = [];
  if (sources > 1) notes.push(`The log tells of ${sources} isolates or processes; this is one of them.`);
  if (unreadable > 0) notes.push(`${plural(unreadable, 'line')} of ${lines} could not be read.`);
  if (other > 0)
    notes.push(
      `${plural(other, 'line')} of ${lines} without a measurement, such as the program's own output.`,
    );
  if (repeated > 0)
    notes.push(`${plural(repeated, 'collection')} printed twice or out of order counted once.`);
  if (setAside > 0) notes.push(`${plural(setAside, 'memory sample')} beside the collections not used.`);
  if (tooMany > 0) notes.push(`${plural(tooMany, 'line')} of more processes than are judged left out.`);
  return notes;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
