import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../src/present/text/report-text.ts';
import type { Report } from '../../src/report/schema.ts';
import { judgeLog } from '../../src/session/judge.ts';
import { Random } from '../verdict/traces.ts';

const recordings = join(import.meta.dirname, '../probe/log/recordings');
const folder = mkdtempSync(join(tmpdir(), 'leakline-judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request = { limitBytes: 4_000_000_000, falseAlarmProbability: 0.01, everyMs: 1000 };
const MB = 1_000_000;

function judge(text: string): Promise<readonly Report[]> {
  return judgeLog('-', request, Readable.from([Buffer.from(text)]));
}

async function only(reports: Promise<readonly Report[]>): Promise<Report> {
  const [report, ...others] = await reports;
  if (report === undefined || others.length > 0) throw new Error(`${others.length} more reports`);
  return report;
}

describe.each([20, 22, 24, 26])('a trace of Node %i', (node) => {
  test('a leak is called one, with its rate', async () => {
    const report = await only(
      judgeLog(join(recordings, `node${node}-leaking.trace`), request, Readable.from([])),
    );
    expect(report.verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
    // The program keeps 1,000 doubles 50 times a second at most: its timer is late now and then.
    expect(report.growth.bytesPerSecond).toBeGreaterThan(0.2 * MB);
    expect(report.growth.bytesPerSecond).toBeLessThan(0.45 * MB);
    expect(report.forecast?.limitBytes).toBe(request.limitBytes);
    expect(report.target.pid).toBeGreaterThan(1);
    expect(report.source).toMatchObject({ format: 'gc-trace', linesUnreadable: 0 });
  });
  test('a steady program is not', async () => {
    const report = await only(
      judgeLog(join(recordings, `node${node}-steady.trace`), request, Readable.from([])),
    );
    expect(report.verdict.kind).not.toBe('leaking');
    // A dozen collections leave some of them inconclusive; what is known of the slope holds the truth.
    const [low = NaN, high = NaN] = report.growth.interval ?? [];
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});

function samples(used: (second: number) => number, seconds = 300): string {
  return Array.from({ length: seconds }, (_, second) =>
    JSON.stringify({ rss: used(second) + 90 * MB, heapUsed: used(second) }),
  ).join('\n');
}

describe('a log', () => {
  test('is judged with the false alarms that were asked for, and asks for a longer log', async () => {
    const short = Readable.from([
      Buffer.from(samples((second) => (30 + (second % 7) / 50) * MB).slice(0, 400)),
    ]);
    const report = await only(judgeLog('-', { ...request, falseAlarmProbability: 0.002 }, short));
    expect(report.growth.falseAlarmProbability).toBe(0.002);
    expect(report.verdict.kind).toBe('inconclusive');
    const text = renderReport(report, { color: false, unicode: true, columns: 120 });
    expect(text).toMatch(/needs a log \d+ s longer/);
    expect(text).not.toMatch(/watch .* more/);
  });
  test('that counts requests tells what each leaves behind', async () => {
    const random = new Random(11);
    let requests = 0;
    const text = Array.from({ length: 1200 }, (_, second) => {
      requests += Math.floor(random.between(0, 80) * (1 + Math.sin(second / 40)));
      // Collections take the heap back by 100 MB now and then.
      const garbage = (second % 20) * 6 * MB;
      const heapUsed = Math.round(50 * MB + 3_000 * requests + garbage + 20_000 * random.normal());
      return JSON.stringify({ rss: heapUsed + 90 * MB, heapUsed, external: 2 * MB, requests });
    }).join('\n');
    const report = await only(judge(text));
    expect(report.verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
    expect(report.growth.perOperation).toHaveLength(1);
    const [found] = report.growth.perOperation;
    expect(found).toMatchObject({ operation: 'http request', effect: 'some', inseparableFrom: [] });
    expect(found?.interval[0]).toBeLessThan(3_000);
    expect(found?.interval[1]).toBeGreaterThan(3_000);
    expect(found?.interval[1]).toBeLessThan(3_300);
  });
  test('with a limit says what twice the limit buys', async () => {
    const file = join(recordings, 'node22-leaking.trace');
    const report = await only(judgeLog(file, request, Readable.from([])));
    const { bytesPerSecond } = report.growth;
    expect(report.forecast?.doubled.secondsGained).toBeCloseTo(
      request.limitBytes / (bytesPerSecond ?? NaN),
      -3,
    );
    expect(renderReport(report, { color: false, unicode: true, columns: 120 })).toMatch(
      /twice the limit, 8\.00 GB, buys \d+ (min|h|s)/,
    );
  });
});

describe('samples', () => {
  test('of a heap that falls back to ever higher levels are a leak', async () => {
    const { verdict, notes } = await only(judge(samples((second) => (30 + second + 9 * (second % 10)) * MB)));
    expect(verdict.kind).toBe('leaking');
    expect(notes.join('\n')).toContain('taken from the samples that follow a deep fall');
  });
  test('of a heap that has not been collected yet are inconclusive, and say why', async () => {
    const { verdict, forecast } = await only(judge(samples((second) => (30 + second) * MB)));
    expect(verdict).toMatchObject({ kind: 'inconclusive', space: null });
    expect(verdict.reason).toContain('no major garbage collection');
    expect(forecast).toBeNull();
  });
  test('of processes that die of their leak in turn are not steady', async () => {
    const { verdict } = await only(judge(samples((second) => (30 + 20 * (second % 30)) * MB)));
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reason).toContain('9 times');
  });
  test('of a flat heap are steady, bounded by the lowest', async () => {
    const { verdict, notes } = await only(judge(samples((second) => (30 + 2 * (second % 10)) * MB, 600)));
    expect(verdict.kind).toBe('steady');
    expect(notes.join('\n')).toContain('bounded from above by the lowest used heap');
    expect(notes.join('\n')).toContain('1 s apart');
  });
});

test('what a log does not tell is null, and the report is shown all the same', async () => {
  const report = await only(
    judge('[1:0xab] 10 ms: Scavenge 4.1 (5.2) -> 3.3 (6.2) MB, 1.2 / 0.0 ms  (average\nhello\n'),
  );
  expect(report.startedAt).toBeNull();
  expect(report.target).toMatchObject({ pid: 1, node: null, command: null, isolate: '0xab' });
  expect(report.series.rss).toEqual([]);
  const text = renderReport(report, { color: false, unicode: true, columns: 100 });
  expect(text).toContain('standard input · garbage collections · pid 1 · 0xab');
  expect(text).toContain('1 line of 2 without a measurement');
  expect(text).not.toContain('longest pause');
  const nothing = await only(judge(samples((second) => second * MB + 5 * MB)));
  expect(nothing.series.external[0]).toBeNull();
  expect(JSON.stringify(nothing)).not.toContain('NaN');
});

test('each isolate is judged, and the others are told of', async () => {
  const line = (isolate: string, second: number, mib: number): string =>
    `[1:${isolate}] ${second * 1000} ms: Mark-Compact ${mib + 30}.0 (99.0) -> ${mib}.0 (99.0) MB, 1.0 / 0.0 ms  (average`;
  const lines = Array.from({ length: 80 }, (_, second) => [
    line('0xa', second, 20),
    line('0xb', second, 20 + second),
  ]);
  const reports = await judge(lines.flat().join('\n'));
  expect(reports.map(({ target, verdict }) => [target.isolate, verdict.kind])).toEqual([
    ['0xa', 'steady'],
    ['0xb', 'leaking'],
  ]);
  expect(reports[0]?.notes.join('\n')).toContain('2 isolates or processes');
});

describe('a log that tells nothing', () => {
  test.each(['', 'hello\nworld\n', '{"status":"error"}'])('%j', async (text) => {
    await expect(judge(text)).rejects.toMatchObject({ code: 'LOG_WITHOUT_MEMORY' });
  });
  test('that is not there, or a folder', async () => {
    for (const file of [join(folder, 'missing.log'), folder]) {
      await expect(judgeLog(file, request, Readable.from([]))).rejects.toMatchObject({
        code: 'LOG_UNREADABLE',
      });
    }
  });
  test('that is binary', async () => {
    const file = join(folder, 'binary');
    writeFileSync(
      file,
      Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 256),
    );
    await expect(judgeLog(file, request, Readable.from([]))).rejects.toMatchObject({
      code: 'LOG_WITHOUT_MEMORY',
    });
  });
});

/** Used heap of a healthy server each second: scavenges, garbage in the old space, a major collection at V8's limit. */
function healthyHeap(random: Random): number[] {
  const liveMb = random.between(5, 200);
  const youngMb = random.between(1, 16);
  const garbageMbPerSecond = 10 ** random.between(-2, 1);
  const growthFactor = random.between(1.3, 4);
  let limitMb = liveMb + random.between(10, 300);
  let oldMb = liveMb;
  return Array.from({ length: Math.round(random.between(60, 1500)) }, () => {
    oldMb += garbageMbPerSecond;
    if (oldMb > limitMb) {
      oldMb = liveMb * random.between(1, 1.02) + 0.05 * garbageMbPerSecond;
      limitMb = liveMb * growthFactor + 8;
    }
    return Math.round((oldMb + random.between(0, youngMb)) * MB);
  });
}

test('no healthy server is called leaking for its samples', async () => {
  const kinds = new Map<string, number>();
  for (let seed = 1; seed <= 120; seed += 1) {
    const used = healthyHeap(new Random(seed));
    const { verdict } = await only(
      judge(used.map((bytes) => JSON.stringify({ heapUsed: bytes })).join('\n')),
    );
    kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
    expect(verdict.kind, `seed ${seed}: ${verdict.reason}`).not.toBe('leaking');
  }
  // Not because nothing is ever answered.
  expect(kinds.get('steady')).toBeGreaterThan(5);
});
