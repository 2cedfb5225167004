import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../src/present/html/page.ts';
import type { Comparison, Report, ReportLocation, Reports } from '../../../src/report/schema.ts';
import {
  cacheFinding,
  diedReport,
  inconclusiveReport,
  keptFinding,
  knownFinding,
  labComparison,
  labSides,
  largeDictionaryFinding,
  leakingReport,
  logReport,
  operation,
  packageFinding,
  residentMemory,
  sampledGrowth,
  sessionsFinding,
  snapshotReport,
  steadyReport,
  twoProcesses,
  unexplainedReport,
} from '../reports.ts';
import { attributesOf, elementsOf, headingsOf, parsePage, textOf } from './parsed-page.ts';

const emptySeries: Report['series'] = {
  timeMs: [],
  rss: [],
  heapUsed: [],
  heapTotal: [],
  external: [],
  arrayBuffers: [],
  openConnections: [],
  loopDelayMs: [],
  loopUtilization: [],
  httpRequests: [],
  connectionsOpened: [],
  connectionsClosed: [],
  spaces: { young: [], old: [], large: [], code: [] },
  floor: [],
};

const PAGES: Readonly<Record<string, Report | Reports | Comparison>> = {
  leaking: leakingReport(),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  died: diedReport(),
  unexplained: unexplainedReport(),
  unmeasured: unexplainedReport({ sufficient: null }),
  'a snapshot that was read': snapshotReport(),
  'all kinds of findings': leakingReport({
    findings: [sessionsFinding(), packageFinding(), knownFinding(), keptFinding(), largeDictionaryFinding()],
  }),
  'operations and resident memory': leakingReport({
    growth: {
      ...leakingReport().growth,
      perOperation: [
        operation('connection closed', { bytes: 8e6, interval: [7.9e6, 8.1e6], effect: 'some' }),
      ],
    },
    residentMemory: { first: residentMemory(0, 0), last: residentMemory(20_000, 90e6) },
  }),
  'a log of three processes': {
    schema: 'leakline/reports@1',
    reports: [leakingReport(), steadyReport(), inconclusiveReport()],
  },
  'a comparison': labComparison(),
  'two processes': twoProcesses(),
  'as little as can be known': knowsNothing(),
};

describe.each(Object.entries(PAGES))('%s', (_name, document) => {
  const page = parsePage(renderHtml(document, { withSource: true }));

  test('is one file: nothing of it lies elsewhere, nothing runs, nothing is styled past the policy', () => {
    expect(page.errors).toEqual([]);
    expect(elementsOf(page).filter((name) => FORBIDDEN_ELEMENTS.has(name))).toEqual([]);
    const attributes = attributesOf(page).map(({ name }) => name);
    expect(attributes.filter((name) => /^on|^style$|^src|^href$|^action$|^xlink/.test(name))).toEqual([]);
  });
  test('has one heading of the first rank, and none is skipped', () => {
    const ranks = headingsOf(page).map(({ rank }) => rank);
    expect(ranks.filter((rank) => rank === 1)).toHaveLength(1);
    expect(ranks[0]).toBe(1);
    ranks.forEach((rank, index) => {
      if (index > 0) expect(rank - (ranks[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
  });
  test('every picture has words for who can not see it', () => {
    const pictures = attributesOf(page, 'svg').filter(
      ({ name, value }) => name === 'role' && value === 'img',
    );
    const labels = attributesOf(page, 'svg').filter(({ name }) => name === 'aria-label');
    expect(labels).toHaveLength(pictures.length);
    expect(labels.map(({ value }) => value)).not.toContain('');
  });
});

test('the policy allows the style sheet of the page, the script it was given, and nothing else', async () => {
  const hashOf = async (text: string): Promise<string> => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
  };
  for (const script of [undefined, 'void "drawn";']) {
    const html = renderHtml(leakingReport(), { withSource: false, script });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const style = await hashOf(/<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '');
    const scripts = script === undefined ? '' : `script-src ${await hashOf(script)}; `;
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; ${scripts}style-src ${style}; base-uri 'none'; form-action 'none'`,
    );
    expect([...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text)).toEqual(
      script === undefined ? [] : [script],
    );
  }
});

test('a leak reads as held by, grows, added at, should have been released, and the way there node by node', () => {
  const text = textOf(parsePage(renderHtml(leakingReport(), { withSource: false })));
  const inOrder = [
    'LEAKING',
    '+56.0 MB/s after GC',
    'out of memory in 57 s',
    '7 WebSockets are CLOSED and still held',
    'Server',
    'connection listener',
    'sessions',
    '7 WebSockets closed CLOSED',
    'history ×7',
    'held by',
    'Map(7)',
    'src/server.ts:6',
    'grows',
    'src/server.ts:8',
    'added at',
    'the interval in onConnection',
    'src/server.ts:10',
    'should have been released',
    "no 'close' listener on the socket",
    'routeCache',
  ];
  let at = 0;
  for (const words of inOrder) {
    const found = text.indexOf(words, at);
    expect(found, `${words} after ${at}`).toBeGreaterThanOrEqual(at);
    at = found;
  }
});

test('lines of source are in the page only where they were asked for', () => {
  const report = leakingReport({ findings: [packageFinding()], isolates: [unexplainedReport()] });
  const line = 'createDebug.instances.push(debug);';
  expect(textOf(parsePage(renderHtml(report, { withSource: true })))).toContain(line);
  expect(renderHtml(report, { withSource: false })).not.toContain('createDebug.instances');
  const held = unexplainedReport({ heldBack: [packageFinding()] });
  expect(renderHtml({ ...held, isolates: [held] }, { withSource: false })).not.toContain(
    'createDebug.instances',
  );
});

test('the command line, which may hold a password, is not in the page', () => {
  const report = leakingReport();
  const target = { ...report.target, command: '/usr/bin/node /srv/api/server.js --db-password=hunter2' };
  const html = renderHtml({ ...report, target }, { withSource: true });
  expect(html).not.toContain('hunter2');
  expect(html).not.toContain('/srv/api');
  expect(html).toContain('server.js');
});

test('the page does not say in which folder a log lay', () => {
  for (const file of ['/home/ada/secret project/gc.log', 'C:\\ada\\secret project\\gc.log']) {
    const log = logReport(file);
    for (const document of [log, { schema: 'leakline/reports@1' as const, reports: [log, log] }]) {
      const html = renderHtml(document, { withSource: true, script: 'void "drawn";' });
      expect(textOf(parsePage(html))).toContain('gc.log');
      expect(html).not.toContain('secret');
    }
  }
});

test('a leak outside of the heap is drawn from what lies outside of it', () => {
  const { verdict, series } = leakingReport();
  const floor = series.floor.map((one, index) => ({
    ...one,
    bytes: 7e6,
    externalBytes: 1e6 * (index + 100),
  }));
  const external = leakingReport({
    verdict: { ...verdict, space: 'external' },
    series: { ...series, floor },
  });
  const text = textOf(parsePage(renderHtml(external, { withSource: false })));
  expect(text).toContain(`outside the heap, after GC 100 MB → ${99 + floor.length} MB`);
  const native = leakingReport({ verdict: { ...verdict, space: 'native' }, series: { ...series, floor } });
  const html = renderHtml(native, { withSource: false });
  expect(html).toContain('class="memory leaking native"');
  expect(textOf(parsePage(html))).toContain('after GC 7.00 MB → 7.00 MB');
});

test('what the guide to the page calls by name is called so on it', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/concepts/reading-the-page.md'), 'utf8');
  const named = guide
    .split('\n')
    .filter((line) => line.startsWith('- **'))
    .flatMap((line) => [...line.matchAll(/\*\*(.+?)\*\*/g)].map(([, label]) => label ?? ''));
  const html = renderHtml(leakingReport(), { withSource: false }).toLowerCase();
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((label) => !html.includes(label.toLowerCase()))).toEqual([]);
});

test('an hour of one sample a second is far below a megabyte, and a day is no larger', () => {
  const size = (seconds: number, script?: string): number =>
    renderHtml(longReport(seconds), { withSource: true, script }).length;
  expect(size(3_600)).toBeLessThan(200_000);
  expect(size(86_400)).toBeLessThan(200_000);
  // With the points that a script draws; itself it is 70 KB.
  expect(size(3_600, '')).toBeLessThan(400_000);
  expect(size(86_400, '')).toBeLessThan(400_000);
});

test('an hour is under a megabyte too where the report holds as much as it may', () => {
  const report = fullReport(longReport(3_600));
  // As long as the real one, which is built later.
  const script = '/'.repeat(75_000);
  expect(Buffer.byteLength(renderHtml(report, { withSource: true, script }))).toBeLessThan(1_000_000);
});

test('the table beside the chart has at most sixty rows, and no maximum is lost in it', () => {
  const report = longReport(3_600);
  const peak = 987_654_321_000;
  report.series.rss[1_234] = peak;
  const page = parsePage(renderHtml({ ...report, sampledGrowth: null }, { withSource: false }));
  const rows = elementsOf(page, 'figure').filter((name) => name === 'tr');
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.length).toBeLessThanOrEqual(61);
  expect(textOf(page)).toContain('988 GB');
});

test('two processes are called by their pids, once each, and no load is told that nobody made', () => {
  const html = renderHtml(twoProcesses(), { withSource: false });
  const text = textOf(parsePage(html));
  expect(text).toContain('pid 4243 and pid 4242, side by side');
  expect(text).not.toMatch(/fixed|clients/);
  expect(html).toContain('<b>pid 4242</b></li><li>node 22.23</li>');
});

test('a side of a comparison that leaks and was not explained says so', () => {
  const comparison = labComparison(labSides(unexplainedReport()));
  const words = textOf(parsePage(renderHtml(comparison, { withSource: false })));
  expect(words).toContain('What leaking keeps');
  expect(words).toContain('+93.0 KB/s, all of it: what was found to grow is far too small');
  expect(words).not.toContain('What fixed keeps');
});

test('both sides of a comparison have the same axes', () => {
  const [fixed, leaking] = labComparison().sides;
  if (fixed === undefined || leaking === undefined) throw new Error('the lab has two sides');
  const html = renderHtml(labComparison(), { withSource: false });
  const ticks = html
    .split('class="chart"')
    .slice(1)
    .map((chart) => [
      ...chart.matchAll(/<text class="tick(?: odd)?"[^>]* y="([\d.]+)"[^>]*>([^<]*B|\d[^<]*s|0)<\/text>/g),
    ])
    .map((found) => found.map(([, y, words]) => `${words}@${y}`).filter((one) => !/[a-z]{2}/.test(one)));
  expect(ticks).toHaveLength(2);
  expect(ticks[0]?.length).toBeGreaterThan(4);
  expect(ticks[0]).toEqual(ticks[1]);
});

const FORBIDDEN_ELEMENTS = new Set([
  'script',
  'link',
  'img',
  'iframe',
  'object',
  'embed',
  'form',
  'base',
  'a',
  'use',
  'image',
]);

/** Every fact that may be unknown is. */
function knowsNothing(): Report {
  const report = inconclusiveReport({ notes: [], series: { ...emptySeries }, gc: [], startedAt: null });
  const finding = { ...cacheFinding(), addedAt: null, allocatedAt: null, explanation: '' };
  return {
    ...report,
    target: {
      pid: null,
      node: null,
      command: null,
      isolate: null,
      name: null,
      limits: { heapBytes: null, containerBytes: null, rlimitBytes: null, effectiveBytes: null, which: null },
      exit: null,
    },
    verdict: { ...report.verdict, watchMoreMs: null },
    findings: [{ ...finding, heldBy: { ...finding.heldBy, location: null, size: null, path: [] } }],
    cost: { ...report.cost, longestPauseMs: null, totalOnTargetMs: null },
  };
}

/** As many containers, counts and stacks as a report holds at most, no two frames alike, with long names. */
function fullReport(report: Report): Report {
  const place = (index: number): ReportLocation => ({
    file: `/srv/app/node_modules/@organisation/some-package/dist/cjs/internal/module-${index}.js`,
    line: index,
    column: 17,
    function: `aMethodWithAName${index}`,
    package: '@organisation/some-package',
  });
  const [finding] = report.findings;
  return {
    ...report,
    findings: finding === undefined ? [] : Array.from({ length: 12 }, () => finding),
    containers: Array.from({ length: 24 }, (_, index) => ({
      name: `containerNumber${index}`,
      type: 'Map',
      location: place(index),
      instances: 3,
      growthPerSecond: 1.25,
      counts: Array.from({ length: 60 }, (_, at) => ({ timeMs: at * 60_000, size: at * 1234 + index })),
    })),
    sampledGrowth: {
      ...sampledGrowth(),
      frames: Array.from({ length: 60 * 24 }, (_, index) => place(index)),
      stacks: Array.from({ length: 60 }, (_, stack) => ({
        liveBytes: 1_000_000 + stack,
        lastingBytes: 800_000 + stack,
        bytesByAge: [200_001, 200_002, 200_003, 199_999, 200_007],
        frames: Array.from({ length: 24 }, (_, depth) => stack * 24 + depth),
      })),
    },
  };
}

/** A sample a second, a major collection every two, and minor ones between. */
function longReport(seconds: number): Report & { series: { rss: (number | null)[] } } {
  const times = Array.from({ length: seconds }, (_, second) => second * 1000);
  const size = (second: number): number => 1e8 + second * 1e4 + ((second * 7919) % 1000) * 1e4;
  return {
    ...leakingReport(),
    durationMs: seconds * 1000,
    series: {
      ...emptySeries,
      timeMs: times,
      rss: times.map((_, second) => size(second) * 1.5),
      heapUsed: times.map((_, second) => size(second)),
      floor: times
        .filter((_, second) => second % 2 === 0)
        .map((timeMs) => ({ timeMs, bytes: 1e8 + timeMs * 10, externalBytes: null })),
    },
    gc: times.flatMap((timeMs, second) =>
      (['major', 'minor', 'minor'] as const)
        .filter((kind) => kind === 'minor' || second % 2 === 0)
        .map((kind) => ({
          timeMs,
          kind,
          durationMs: 1,
          beforeBytes: 2,
          afterBytes: 1,
          forced: false,
          afterGap: false,
        })),
    ),
  };
}

test('a log of collections, which has no samples between, has the figures of its chart as a table too', () => {
  const report = leakingReport();
  const page = parsePage(
    renderHtml({ ...report, series: { ...emptySeries, floor: report.series.floor } }, { withSource: false }),
  );
  expect(textOf(page)).toContain('The figures of this chart as a table');
  const rows = elementsOf(page, 'details').filter((name) => name === 'tr').length;
  expect(rows).toBeGreaterThan(report.series.floor.length / 2);
});
