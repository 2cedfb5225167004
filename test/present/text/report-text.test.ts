import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/present/text/report-text.ts';
import type { Report } from '../../../src/report/schema.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS, stripColors } from '../hostile.ts';
import {
  cacheFinding,
  diedReport,
  inconclusiveReport,
  keptFinding,
  knownFinding,
  largeDictionaryFinding,
  leakingReport,
  logReport,
  operation,
  raceFinding,
  residentMemory,
  packageFinding,
  sessionsFinding,
  steadyReport,
  refusedSnapshotReport,
  snapshotReport,
  unexplainedReport,
  withHostileText,
} from '../reports.ts';

const plain = { color: false, unicode: true };

const REPORTS = {
  leaking: leakingReport(),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  died: diedReport(),
  'two-findings': leakingReport({
    findings: [sessionsFinding(), cacheFinding()],
    growth: {
      ...leakingReport().growth,
      perOperation: [
        operation('connection closed', {
          bytes: 8_000_000,
          interval: [7_900_000, 8_100_000],
          effect: 'some',
        }),
        operation('http request', { interval: [0, 120], effect: 'none' }),
        operation('connection opened', { interval: [0, 64_000] }),
      ],
    },
  }),
  'in-a-package': leakingReport({ findings: [packageFinding()] }),
  unexplained: unexplainedReport(),
  'snapshot-taken': snapshotReport(),
  'snapshot-refused': refusedSnapshotReport(),
  'known-leak': leakingReport({ findings: [knownFinding()] }),
  'out-of-sight': leakingReport({ findings: [raceFinding(), keptFinding()] }),
  'too-large-to-count': { ...unexplainedReport(), findings: [largeDictionaryFinding()] },
  'in-step': leakingReport({
    findings: [cacheFinding()],
    growth: {
      ...leakingReport().growth,
      perOperation: [
        operation('connection closed', {
          bytes: 44_000,
          interval: [0, 46_000],
          inseparableFrom: ['http request', 'time'],
        }),
        operation('http request', {
          bytes: 4_400,
          interval: [0, 4_600],
          inseparableFrom: ['connection closed', 'time'],
        }),
      ],
    },
  }),
  'native-in-arenas': leakingReport({
    verdict: {
      ...leakingReport().verdict,
      space: 'native',
      reason: '15 low points over 300 s left +400 KB/s behind, and it does not slow down',
    },
    findings: [],
    forecast: null,
    residentMemory: { first: residentMemory(0, 0), last: residentMemory(300_000, 120_000_000) },
  }),
  'steady-with-traffic': steadyReport({
    growth: {
      ...steadyReport().growth,
      perOperation: [operation('http request', { interval: [0, 3], effect: 'none' })],
    },
  }),
};

describe('the answer as text', () => {
  for (const [name, report] of Object.entries(REPORTS)) {
    for (const columns of [80, 120]) {
      test(`${name} at ${columns} columns`, async () => {
        const text = renderReport(report, { ...plain, columns });
        await expect(text).toMatchFileSnapshot(`snapshots/report-${name}-${columns}.txt`);
      });
    }
  }

  test('colour adds escape sequences and changes no letter', () => {
    const colored = renderReport(REPORTS.leaking, { color: true, unicode: true, columns: 80 });
    expect(colored).toContain('\u001b[31m');
    expect(stripColors(colored)).toBe(renderReport(REPORTS.leaking, { ...plain, columns: 80 }));
  });

  test('without Unicode every byte is ASCII and no figure is lost', () => {
    const text = renderReport(REPORTS.leaking, { color: false, unicode: false, columns: 120 });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text).toContain('99 % interval 55.2 .. 57.0 MB/s');
  });

  test('a place in source keeps its line number however narrow the terminal', () => {
    const text = renderReport(REPORTS['two-findings'], { ...plain, columns: 50 });
    expect(text).toContain('response-cache.ts:14\n');
  });

  test('a log is named as it was typed: of two with one name the folder tells which', () => {
    const text = renderReport(logReport('tuesday/gc.log'), { ...plain, columns: 120 });
    expect(text).toContain('leakline · tuesday/gc.log · garbage collections');
  });

  test('what is not explained is told where the findings are known not to be enough, and only there', () => {
    const text = (changes: Parameters<typeof unexplainedReport>[0], changed: Partial<Report> = {}): string =>
      renderReport({ ...unexplainedReport(changes), ...changed }, { ...plain, columns: 200 });
    expect(text({ sufficient: true })).not.toContain('unexplained');
    expect(text({ sufficient: null })).not.toMatch(/unexplained|unmeasured/);
    const open = text({ sufficient: null }, { findings: [cacheFinding()] });
    expect(open).toContain('unmeasured   how much of the +93.0 KB/s that is: no look can see all');
    expect(open).not.toContain('snapshot sees');
    expect(text({})).toContain('unexplained  +93.0 KB/s, all of it: what was found to grow is far too small');
    expect(text({ heldBack: [] })).toContain('all of it: no container was found that grows');
    expect(text({}, { findings: [cacheFinding()] })).toContain(
      '+93.0 KB/s of +93.0 KB/s: what was found is the smaller part',
    );
    expect(renderReport({ ...unexplainedReport(), account: null }, { ...plain, columns: 80 })).not.toContain(
      'unexplained',
    );
  });

  test('a snapshot is offered with what it would cost, and how to take it of this isolate', () => {
    const main = renderReport(unexplainedReport(), { ...plain, columns: 400 });
    expect(main).toContain('it would stop this server for 4 s to 8 s and take 660 MB to 840 MB of memory');
    expect(main).toContain('leakline snapshot 4242 takes one if that is safe');
    const { target } = unexplainedReport();
    const worker = { ...unexplainedReport(), target: { ...target, isolate: 'worker:3' } };
    const ofWorker = renderReport(worker, { ...plain, columns: 400 });
    expect(ofWorker).toContain('worker.getHeapSnapshot()');
    expect(ofWorker).not.toContain('node inspect');
  });

  test('a snapshot that would not fit below the limit is said to kill', () => {
    const unexplained = unexplainedReport();
    const limited = (containerBytes: number | null): string => {
      const limits = { ...unexplained.target.limits, containerBytes };
      const series = { ...unexplained.series, rss: [300_000_000] };
      const report = { ...unexplained, series, target: { ...unexplained.target, limits } };
      return renderReport(report, { ...plain, columns: 400 });
    };
    // It needs 660 MB at least.
    expect(limited(900_000_000)).toContain('more than the 600 MB that are left to it: it would die of it.');
    expect(limited(960_000_000)).not.toContain('it would die of it');
    expect(limited(null)).not.toContain('it would die of it');
  });

  test('bytes that are a lower bound are called one', () => {
    const { retained } = sessionsFinding();
    const finding = { ...sessionsFinding(), retained: { ...retained, bytesAtLeast: true } };
    const text = renderReport(leakingReport({ findings: [finding] }), { ...plain, columns: 80 });
    expect(text).toContain('at least +56.0 MB/s');
    expect(text).not.toContain('about +56.0 MB/s');
  });

  test('the place of a clean-up is told once', () => {
    const location = { file: 'src/a.js', line: 8, column: 1, function: null, package: null };
    const missing = (words: string): string => {
      const finding = { ...sessionsFinding(), shouldBeReleased: { words, event: null, location } };
      return renderReport(leakingReport({ findings: [finding] }), { ...plain, columns: 200 });
    };
    expect(missing('nothing deletes')).toContain('missing    nothing deletes (src/a.js:8)\n');
    expect(missing('`a.delete` (src/a.js:8) is not reached')).toContain(
      'missing    `a.delete` (src/a.js:8) is not reached\n',
    );
  });

  test('a hidden finding is announced', () => {
    const text = renderReport(leakingReport({ findings: Array.from({ length: 8 }, sessionsFinding) }), {
      ...plain,
      columns: 80,
    });
    expect(text).toContain('3 more findings not shown');
  });
});

describe('whatever the target calls its things', () => {
  test('nothing a terminal would obey gets out, and no line is wider than the terminal', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.constantFrom(...Object.values(REPORTS)),
        fc.integer({ min: 20, max: 200 }),
        fc.boolean(),
        (hostile, report, columns, unicode) => {
          const text = renderReport(withHostileText(report, hostile), { color: false, unicode, columns });
          expect(text).not.toMatch(OBEYED_BY_TERMINALS);
          expect(Math.max(...text.split('\n').map(columnsOf))).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('with colour, the only escape sequences are our own colours', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 20, max: 200 }), (hostile, columns) => {
        const text = renderReport(withHostileText(REPORTS.leaking, hostile), {
          color: true,
          unicode: true,
          columns,
        });
        expect(stripColors(text)).not.toMatch(OBEYED_BY_TERMINALS);
        expect(stripColors(text)).toBe(
          renderReport(withHostileText(REPORTS.leaking, hostile), { ...plain, columns }),
        );
      }),
    );
  });
});
