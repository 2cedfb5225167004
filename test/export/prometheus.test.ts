import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toPrometheus } from '../../src/export/prometheus.ts';
import { inconclusiveReport, leakingReport, operation } from '../present/reports.ts';

describe('one report as Prometheus text', () => {
  const samples = parseExposition(toPrometheus(leakingReport()));
  const value = (name: string, labels: Record<string, string>): number | undefined =>
    samples.find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, text]) => sample.labels.get(label) === text),
    )?.value;

  test('exactly one verdict is 1', () => {
    expect(value('leakline_verdict', { verdict: 'leaking' })).toBe(1);
    expect(value('leakline_verdict', { verdict: 'steady' })).toBe(0);
    expect(value('leakline_verdict', { verdict: 'inconclusive' })).toBe(0);
  });

  test('slope, sizes and forecast are those of the report, with pid and isolate', () => {
    const whose = { pid: '4242', isolate: 'main' };
    const { series } = leakingReport();
    expect(value('leakline_heap_slope_bytes_per_second', whose)).toBe(56_000_000);
    expect(value('leakline_heap_used_bytes', { ...whose, space: 'heap' })).toBe(series.heapUsed.at(-1));
    expect(value('leakline_heap_floor_bytes', whose)).toBe(series.floor.at(-1)?.bytes);
    expect(value('leakline_time_to_limit_seconds', whose)).toBe(57);
    expect(value('leakline_doubled_limit_gain_seconds', whose)).toBe(78);
  });

  test('growth per operation has its estimate and interval, and what cannot be told apart has none', () => {
    const { growth } = leakingReport();
    const text = toPrometheus(
      leakingReport({
        growth: {
          ...growth,
          perOperation: [
            operation('connection closed', { bytes: 44_000, interval: [43_000, 45_000], effect: 'some' }),
            operation('http request', { bytes: 20, interval: [0, 40], inseparableFrom: ['time'] }),
          ],
        },
      }),
    );
    const found = parseExposition(text).filter(({ name }) => name === 'leakline_operation_growth_bytes');
    expect(found.map(({ labels, value }) => [labels.get('operation'), labels.get('bound'), value])).toEqual([
      ['connection closed', 'estimate', 44_000],
      ['connection closed', 'low', 43_000],
      ['connection closed', 'high', 45_000],
    ]);
  });

  test('the buckets of the GC histogram are cumulative and end with the count', () => {
    const buckets = samples.filter(({ name }) => name === 'leakline_gc_duration_seconds_bucket');
    const counts = buckets.map((bucket) => bucket.value);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[0]).toBe(0);
    expect(buckets.at(-1)?.labels.get('le')).toBe('+Inf');
    expect(counts.at(-1)).toBe(value('leakline_gc_duration_seconds_count', { kind: 'major' }));
    expect(value('leakline_gc_duration_seconds_sum', {})).toBeCloseTo(leakingReport().gc.length * 0.0112);
  });

  test('what the report does not know is absent', () => {
    const text = toPrometheus(inconclusiveReport());
    expect(text).not.toContain('leakline_heap_slope_bytes_per_second');
    expect(text).not.toContain('NaN');
    expect(text).toContain('isolate="worker:3"');
  });

  test('any label text comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('\\', '"', '\n', '\\n', '}', ' 1\n#'),
        (text, trap) => {
          const isolate = `${text}${trap}${text}`;
          const report = leakingReport({ target: { ...leakingReport().target, isolate } });
          const parsed = parseExposition(toPrometheus(report)).filter(({ labels }) => labels.has('isolate'));
          expect(new Set(parsed.map(({ labels }) => labels.get('isolate')))).toEqual(new Set([isolate]));
        },
      ),
    );
  });
});

type ParsedSample = { name: string; labels: Map<string, string>; value: number };

/** The exposition format as its specification words it, letter by letter: no code shared with the writer. */
function parseExposition(text: string): ParsedSample[] {
  const samples: ParsedSample[] = [];
  const typeByName = new Map<string, string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      if (comment[1] === 'TYPE') typeByName.set(comment[2] ?? '', comment[3] ?? '');
      continue;
    }
    const sample = parseSample(line);
    const family = sample.name.replace(/_(bucket|sum|count)$/, '');
    expect(typeByName.has(sample.name) || typeByName.get(family) === 'histogram', line).toBe(true);
    samples.push(sample);
  }
  return samples;
}

function parseSample(line: string): ParsedSample {
  const brace = line.indexOf('{');
  const labels = new Map<string, string>();
  let at = brace + 1;
  while (line[at] !== '}') {
    const equals = line.indexOf('=', at);
    const name = line.slice(at, equals);
    expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
    expect(line[equals + 1]).toBe('"');
    let value = '';
    at = equals + 2;
    for (; line[at] !== '"'; at += 1) {
      if (at >= line.length) throw new Error(`a label does not end: ${line}`);
      if (line[at] !== '\\') value += line[at];
      else value += { '\\': '\\', '"': '"', n: '\n' }[line[(at += 1)] ?? ''];
    }
    labels.set(name, value);
    at += line[at + 1] === ',' ? 2 : 1;
  }
  const figure = line.slice(at + 2);
  expect(figure).toMatch(/^(?:[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/);
  return { name: line.slice(0, brace), labels, value: Number(figure.replace('Inf', 'Infinity')) };
}
