import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogReader, type LogReading } from '../../../src/probe/log/log-reader.ts';

type Memory = NodeJS.MemoryUsage;

const looks: readonly Memory[] = Array.from({ length: 60 }, (_, second) => ({
  rss: 120_000_000 + second * 4096,
  heapTotal: 90_000_000,
  heapUsed: 40_000_000 + second * 100_000,
  external: 2_000_000,
  arrayBuffers: 17_606,
}));
const epochMs = Date.parse('2026-11-22T16:00:00Z');
const iso = (second: number): string => new Date(epochMs + second * 1000).toISOString();

function read(text: string, everyMs = 1000): LogReading {
  const reader = new LogReader({ everyMs });
  reader.push(text);
  return reader.end();
}

function written(line: (memory: Memory, second: number) => string, first = ''): LogReading {
  return read(first + looks.map(line).join('\n'));
}

/** What `process.memoryUsage()` said, as far as the log tells it. */
function sizesOf({ sources }: LogReading, fields: readonly (keyof Memory)[]): object[] {
  return (sources[0]?.series.samples ?? []).map((sample) => pick(sample, fields));
}

function pick(memory: Memory, fields: readonly (keyof Memory)[]): object {
  return Object.fromEntries(fields.map((field) => [field, memory[field]]));
}

const all = ['rss', 'heapTotal', 'heapUsed', 'external', 'arrayBuffers'] as const;
const snake = (memory: Memory): object => ({
  rss: memory.rss,
  heap_total: memory.heapTotal,
  heap_used: memory.heapUsed,
  external: memory.external,
  array_buffers: memory.arrayBuffers,
});

describe('sampled memory is read as it was written', () => {
  test.each<[string, (memory: Memory, second: number) => string]>([
    ['JSON', (memory) => JSON.stringify(memory)],
    ['JSON with a clock', (memory, second) => JSON.stringify({ '@timestamp': iso(second), ...memory })],
    ['JSON with seconds', (memory, second) => JSON.stringify({ ts: epochMs / 1000 + second, ...memory })],
    [
      'pino',
      (memory, second) => JSON.stringify({ level: 30, time: epochMs + second * 1000, pid: 7, memory }),
    ],
    ['snake case', (memory, second) => JSON.stringify({ t: second * 1000, mem: snake(memory) })],
    ['nested twice', (memory) => JSON.stringify({ stats: { process: memory } })],
    ['Docker', (memory, second) => JSON.stringify({ log: `${JSON.stringify(memory)}\n`, time: iso(second) })],
    ['kubectl', (memory, second) => `${iso(second)} ${JSON.stringify(memory)}`],
    ['CRLF', (memory) => `${JSON.stringify(memory)}\r`],
    ['console.log', (memory) => inspect(memory)],
    ['console.log on one line', (memory) => `mem: ${inspect(memory, { breakLength: Infinity })}`],
    ['console.log in colours', (memory) => `hello\nmemory ${inspect(memory, { colors: true })}\nbye`],
    ['separated digits', (memory) => inspect(memory, { numericSeparator: true })],
    [
      'logfmt',
      (memory) =>
        Object.entries(memory)
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
    ],
  ])('%s', (_, line) => {
    const reading = written(line);
    expect(sizesOf(reading, all)).toEqual(looks.map((memory) => pick(memory, all)));
    expect(reading.sources[0]?.series.samples.map(({ timeMs }) => timeMs)).toEqual(
      looks.map((__, second) => second * 1000),
    );
    expect(reading.counts.unreadable).toBe(0);
  });

  test.each([',', ';', '\t'])('CSV with %j', (separator) => {
    const header = ['time', 'rss', 'note', 'heapUsed'].join(separator);
    const reading = written(
      ({ rss, heapUsed }, second) => [iso(second), rss, `"a${separator}b"`, heapUsed].join(separator),
      `${header}\n`,
    );
    expect(reading.format).toBe('csv');
    expect(sizesOf(reading, ['rss', 'heapUsed'])).toEqual(looks.map((one) => pick(one, ['rss', 'heapUsed'])));
    expect(reading.sources[0]?.series.samples[0]?.external).toBeNaN();
  });

  test('a range answer of Prometheus, and each process in it', () => {
    const result = ['a', 'b'].flatMap((instance) =>
      (['nodejs_heap_size_used_bytes', 'process_resident_memory_bytes'] as const).map((name) => ({
        metric: { __name__: name, instance },
        values: looks.map(({ rss, heapUsed }, second) => [
          epochMs / 1000 + second * 15,
          (name === 'process_resident_memory_bytes' ? rss : heapUsed).toExponential(),
        ]),
      })),
    );
    const answer = { status: 'success', data: { resultType: 'matrix', result } };
    for (const text of [JSON.stringify(answer), JSON.stringify(answer, null, 2)]) {
      const reading = read(text);
      expect(reading.sources.map(({ name }) => name)).toEqual(['instance a', 'instance b']);
      expect(sizesOf(reading, ['rss', 'heapUsed'])).toEqual(
        looks.map((one) => pick(one, ['rss', 'heapUsed'])),
      );
      expect(reading.sources[1]?.durationMs).toBe(59 * 15_000);
    }
  });

  describe('with what is counted beside it', () => {
    const countsOf = (reading: LogReading): object =>
      Object.fromEntries(
        (reading.sources[0]?.series.counters ?? []).map(({ operation, counts }) => [
          operation,
          counts.map(({ count }) => count),
        ]),
      );
    const steps = looks.map((_, second) => second * 7);

    test('in JSON, in an object of its own or not', () => {
      const flat = written((memory, second) => JSON.stringify({ ...memory, httpRequests: 100 + 7 * second }));
      expect(countsOf(flat)).toEqual({ 'http request': steps });
      const nested = written((memory, second) =>
        JSON.stringify({ memory, counters: { connections_closed: 7 * second, jobsDone: 7 * second } }),
      );
      expect(countsOf(nested)).toEqual({ 'connection closed': steps, job: steps });
    });
    test('in a column', () => {
      const reading = written(
        ({ rss, heapUsed }, second) => [rss, heapUsed, 7 * second].join(','),
        'rss,heapUsed,requests\n',
      );
      expect(countsOf(reading)).toEqual({ 'http request': steps });
    });
    test('in Prometheus, summed up over methods and states, of this process alone', () => {
      const series = (labels: object, value: (second: number) => number): object => ({
        metric: labels,
        values: looks.map((_, second) => [epochMs / 1000 + second * 15, String(value(second))]),
      });
      const requests = { __name__: 'http_requests_total', instance: 'a, b' };
      const result = [
        series({ __name__: 'nodejs_heap_size_used_bytes', instance: 'a, b' }, () => 4e7),
        series({ ...requests, method: 'GET' }, (second) => 5 * second),
        series({ ...requests, method: 'PUT' }, (second) => 2 * second),
        series({ ...requests, instance: 'other' }, (second) => 1000 * second),
        // The same once more, by a histogram.
        series({ __name__: 'http_request_seconds_count', instance: 'a, b' }, (second) => 7 * second),
        series({ __name__: 'process_open_fds', instance: 'a, b' }, () => 20),
      ];
      const reading = read(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
      expect(countsOf(reading)).toEqual({ 'http request': steps });
      expect(reading.sources[0]?.series.counters?.[0]?.counts.at(-1)?.timeMs).toBe(59 * 15_000);
      expect(reading.counts.unreadable).toBe(1);
    });
    test('by the name that says it is a total, where several say they count the same', () => {
      const reading = written((memory, second) =>
        JSON.stringify({ ...memory, requests: 3 * second, http_requests_total: 7 * second }),
      );
      expect(countsOf(reading)).toEqual({ 'http request': steps });
    });
    test('by a name whose figures do not fall, before one that only claims to be a total', () => {
      const reading = written((memory, second) =>
        JSON.stringify({ ...memory, request_count_total: (second * 7919) % 50, requests: 7 * second }),
      );
      expect(countsOf(reading)).toEqual({ 'http request': steps });
    });
    test('that begins anew when the process does, and is none where it falls again and again', () => {
      const restarted = written((memory, second) =>
        JSON.stringify({ ...memory, requests: 7 * (second % 30) }),
      );
      expect(countsOf(restarted)).toEqual({
        'http request': looks.map((_, second) => 7 * (second < 30 ? second : second - 1)),
      });
      const perSecond = written((memory, second) =>
        JSON.stringify({ ...memory, requests: (second * 7919) % 50 }),
      );
      expect(countsOf(perSecond)).toEqual({});
    });
  });

  test.each([
    ['MB without a unit', (bytes: number) => Number((bytes / 2 ** 20).toFixed(1)), 0.05 * 2 ** 20],
    ['KB without a unit', (bytes: number) => Math.round(bytes / 1024), 512],
    ['MB with a unit', (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MB`, 0.005 * 2 ** 20],
  ])('%s', (_, format, error) => {
    const reading = written(({ rss, heapUsed }) =>
      JSON.stringify({ rss: format(rss), heapUsed: format(heapUsed) }),
    );
    const misses = (reading.sources[0]?.series.samples ?? []).map((sample, second) =>
      Math.abs(sample.heapUsed - (looks[second]?.heapUsed ?? 0)),
    );
    expect(misses).toHaveLength(looks.length);
    expect(Math.max(...misses)).toBeLessThanOrEqual(error + 1);
    expect(reading.sources[0]?.series.resolutionBytes).toBeCloseTo(2 * error, 3);
  });

  test('a unit in the name', () => {
    const reading = written(({ heapUsed }) => JSON.stringify({ heapUsedMB: heapUsed / 2 ** 20 }));
    expect(sizesOf(reading, ['heapUsed'])).toEqual(looks.map((one) => pick(one, ['heapUsed'])));
  });

  test('seconds since the start and milliseconds since the start', () => {
    for (const scale of [1, 1000]) {
      const reading = written((memory, second) =>
        JSON.stringify({ uptime: (5 + second) * scale, ...memory }),
      );
      expect(reading.sources[0]?.durationMs).toBe(59_000);
    }
  });
});

describe('what does not fit is counted', () => {
  test('the last line is cut off, and the program prints between', () => {
    const reading = read(`hello\n${JSON.stringify(looks[0])}\n{"rss":1200000,"heapUsed":4`);
    expect(reading.counts).toMatchObject({ lines: 3, used: 1, unreadable: 1 });
  });
  test('time that stands still or goes back', () => {
    const lines = [0, 1, 1, 0, 2].map((second) => JSON.stringify({ ...looks[second], time: iso(second) }));
    const [source] = read(lines.join('\n')).sources;
    expect(source?.series.samples.map(({ timeMs }) => timeMs)).toEqual([0, 1000, 2000]);
    expect(source?.sampled?.outOfOrder).toBe(2);
  });
  test('two processes in one log are two series', () => {
    const reading = written((memory, second) => JSON.stringify({ pid: second % 2, ...memory }));
    expect(reading.sources.map(({ pid, series }) => [pid, series.samples.length])).toEqual([
      [0, 30],
      [1, 30],
    ]);
  });
});

const gc = (isolate: string, timeMs: number, mib: number): string =>
  `[1:${isolate}] ${timeMs} ms: Mark-Compact ${mib + 9}.0 (99.0) -> ${mib}.0 (99.0) MB, 1.0 / 0.0 ms  (average`;

describe('collections', () => {
  test('each isolate is a series of its own', () => {
    const { sources } = read([gc('0xa', 10, 4), gc('0xb', 5, 7), gc('0xa', 20, 5)].join('\n'));
    expect(
      sources.map(({ name, series }) => [name, series.floors.map(({ heapBytes }) => heapBytes / 2 ** 20)]),
    ).toEqual([
      ['0xa', [4, 5]],
      ['0xb', [7]],
    ]);
  });
  test('those V8 prints once more as it dies count once', () => {
    const lines = Array.from({ length: 20 }, (_, second) => gc('0xa', second * 1000, second));
    const { sources, counts } = read([...lines, '<--- Last few GCs --->', '', ...lines.slice(-4)].join('\n'));
    expect(sources.map(({ series }) => series.floors.length)).toEqual([20]);
    // The very last has the time of the last and so adds nothing.
    expect(counts.repeated).toBe(4);
  });
  test('a process that starts again is another series', () => {
    const lines = Array.from({ length: 20 }, (_, second) => gc('0xa', second * 1000, second));
    expect(read([...lines, ...lines].join('\n')).sources).toHaveLength(2);
  });
  test('memory beside them is set aside and told', () => {
    const reading = read([gc('0xa', 10, 4), JSON.stringify(looks[0])].join('\n'));
    expect(reading.format).toBe('gc-trace');
    expect(reading.counts.setAside).toBe(1);
  });
});

describe('no text is too much', () => {
  const recording = readFileSync(join(import.meta.dirname, 'recordings', 'node20-leaking.trace'), 'utf8');
  test('where the pieces are cut makes no difference', () => {
    const whole = read(recording);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (size) => {
        const reader = new LogReader({ everyMs: 1000 });
        for (let at = 0; at < recording.length; at += size) reader.push(recording.slice(at, at + size));
        expect(reader.end()).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
  test('whatever it is, it is read without an error', () => {
    const pieces = fc.constantFrom(
      ' ms: ',
      'Scavenge 1.0 (2.0) -> ',
      '[1:0xa]',
      '12',
      '{',
      '}',
      '"heapUsed":',
      'rss: ',
      '1e999',
      '-5',
      'NaN',
      ',',
      ';',
      '\n',
      '\r\n',
      '\u001B[33m',
      'time,rss,heapUsed\n',
      '{"__proto__":{"rss":1},"time":-1}',
      '{"status":"success","data":{"resultType":"matrix","result":[null,{"metric":null,"values":[[1,"x"]]}]}}',
      '2026-99-99T99:99:99Z ',
      gc('0xa', 3, 3),
      JSON.stringify(looks[0]),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string())), (parts) => {
        const reading = read(parts.join(''));
        for (const { series } of reading.sources) {
          expect(series.samples.every(({ timeMs }) => Number.isFinite(timeMs))).toBe(true);
          expect(series.floors.every(({ timeMs }) => Number.isFinite(timeMs))).toBe(true);
        }
        const { lines, used, unreadable, repeated, tooMany } = reading.counts;
        expect(used + unreadable + repeated + tooMany).toBeGreaterThanOrEqual(0);
        expect(lines).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
  // A regular expression that goes back over such a line would take minutes to hours, and the test its time limit.
  test.each([
    ' ',
    '1',
    '{',
    '{"a":',
    'rss: 1',
    'rss',
    ' ms: ',
    '1 ms: Scavenge ',
    'Mark-',
    ',',
    '"',
    '[1:',
    '2026-11-22T',
    '1,',
    '\u001B[',
    '\u001B[1;',
    'heapUsed=',
  ])('a line of a million characters: %j again and again', (piece) => {
    const line = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(read(`time,heapUsed\n${line}\n${JSON.stringify(looks[0])}`).sources.length).toBeGreaterThan(0);
  });
  test('a long log keeps its extent and a bounded series', () => {
    const reader = new LogReader({ everyMs: 1000 });
    for (let second = 0; second < 50_000; second += 1) {
      reader.push(`${gc('0xa', second * 1000, 20)}\n`);
    }
    const [source] = reader.end().sources;
    expect(source?.series.floors.length).toBeLessThanOrEqual(2048);
    expect(source?.series.floors.at(-1)?.timeMs).toBeGreaterThan(49_000_000);
    const samples = new LogReader({ everyMs: 1000 });
    for (let second = 0; second < 50_000; second += 1) {
      samples.push(`{"heapUsed":${second === 31_337 ? 5_000_000 : 50_000_000}}\n`);
    }
    const [sampled] = samples.end().sources;
    expect(sampled?.series.samples.length).toBeLessThanOrEqual(4096);
    // Of the samples that share a place the lowest stays: it is what is judged.
    expect(Math.min(...(sampled?.series.samples.map(({ heapUsed }) => heapUsed) ?? []))).toBe(5_000_000);
  });
});
