import * as fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/present/markdown/markdown.ts';
import type { Comparison, Report } from '../../../src/report/schema.ts';
import { hostileText } from '../hostile.ts';
import {
  cacheFinding,
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  logReport,
  operation,
  packageFinding,
  sessionsFinding,
  steadyReport,
  twoProcesses,
  unexplainedReport,
  withHostileText,
} from '../reports.ts';

const withoutSource = { withSource: false };
const MAX_BYTES = 8_000;

test('a leak in one paste', async () => {
  await expect(renderMarkdown(leakingReport(), withoutSource)).toMatchFileSnapshot('snapshots/leaking.md');
});

test('two servers in one paste', async () => {
  const comparison = labComparison(labSides(diedReport()));
  await expect(renderMarkdown(comparison, withoutSource)).toMatchFileSnapshot('snapshots/comparison-died.md');
});

test('two processes are told without a load that nobody made', () => {
  const text = renderMarkdown(twoProcesses(), withoutSource);
  expect(text).toMatch(/^## leakline: `?pid 4243`? STEADY, `?pid 4242`? LEAKING$/m);
  expect(text).not.toMatch(/fixed|clients|http|items/);
});

test.each([
  ['steady', steadyReport()],
  ['inconclusive', inconclusiveReport()],
  ['unexplained', unexplainedReport()],
])('%s says why', (_name, report) => {
  const text = textOf(renderMarkdown(report, withoutSource));
  expect(text).toContain(report.verdict.kind.toUpperCase());
  expect(text).toContain(report.verdict.reason);
  for (const note of report.notes) expect(text).toContain(note);
});

test('lines of source are quoted only where they were asked for', () => {
  const report = leakingReport({ findings: [packageFinding()] });
  expect(renderMarkdown(report, { withSource: true })).toContain('createDebug.instances.push(debug);');
  expect(renderMarkdown(report, withoutSource)).not.toContain('createDebug.instances');
});

test('a log is named without the folder that it lay in', () => {
  const text = renderMarkdown(logReport('/home/ada/secret project/gc.log'), withoutSource);
  expect(text).toContain('gc.log · garbage collections · ');
  expect(text).not.toContain('secret');
});

test('reports of a log come one after the other', () => {
  const reports = [leakingReport(), steadyReport()];
  const text = renderMarkdown({ schema: 'leakline/reports@1', reports }, withoutSource);
  expect(text.match(/^## leakline: .*$/gm)).toEqual([
    '## leakline: LEAKING +56.0 MB/s after GC',
    '## leakline: STEADY +1.20 KB/s after GC',
  ]);
});

test.each([30, 300])('of %i reports nothing stands under the heading of another', (many) => {
  const reports = Array.from({ length: many }, (_, index) => {
    const report = steadyReport();
    return { ...report, target: { ...report.target, pid: 7000 + index } };
  });
  const text = renderMarkdown({ schema: 'leakline/reports@1', reports }, withoutSource);
  expect(new TextEncoder().encode(text).length).toBeLessThan(8192);
  const parts = text.split(/^## /m).slice(1);
  const pids = parts.map((part) => [...part.matchAll(/pid (7\d{3})/g)].map(([, pid]) => Number(pid)));
  // Headings come first: as long as all of them are told, each part is that of its number.
  if (many === 30) {
    expect(parts).toHaveLength(many);
    expect(pids.flat().length).toBeGreaterThan(10);
  }
  for (const [index, told] of pids.entries()) expect([[], [7000 + index]]).toContainEqual(told);
});

test('the state of each node of the path, what the walks counted and where it was allocated are those of the report', () => {
  const report = leakingReport();
  const text = renderMarkdown(report, withoutSource);
  for (const { name, state, why } of report.findings[0]?.path ?? []) {
    expect(text).toContain(`${name}: ${state === 'unknown' ? 'not known' : state} (${why})`);
  }
  for (const { name, counts } of report.containers) {
    const [first, last] = [counts[0]?.size, counts.at(-1)?.size];
    const entries = first === last ? `${last}` : `${first} → ${last}`;
    expect(text).toMatch(new RegExp(`^\\| ${name} \\| .*\\| ${entries} \\|`, 'm'));
  }
  // Four of its five stacks have what outlived the last fifth.
  expect(text.match(/^\| \d+(\.\d+)? MB \| \d/gm)).toHaveLength(4);
  expect(text).toMatch(/^\| 264 MB \| 94.3 % \| onTick src\/server.ts:10 \|/m);
});

test('of two servers each has its own tables, by its name', () => {
  const text = renderMarkdown(labComparison(labSides()), withoutSource);
  expect(text).toContain('Entries at the first and the last walk of leaking:');
  expect(text).toContain("By V8's samples of leaking, allocated from 9 s to 15 s and kept:");
  expect(text).not.toContain('walk of fixed');
});

test('of two servers the one that leaks and was not explained says so', () => {
  const text = renderMarkdown(labComparison(labSides(unexplainedReport())), withoutSource);
  expect(text).toContain('- unexplained: +93.0 KB/s, all of it');
  expect(text).toContain('- next: a heap snapshot sees what no walk can');
});

test('a report that walked once and sampled nothing has no tables, and one of before has the names of its path', () => {
  const finding = { ...sessionsFinding(), path: [] };
  const text = renderMarkdown(
    leakingReport({ containers: [], sampledGrowth: null, findings: [finding] }),
    withoutSource,
  );
  expect(text).not.toMatch(/Entries at|V8's samples/);
  expect(text).toContain('path       Server → connection listener → sessions');
});

describe('it stays below 8 KB and says what it left out', () => {
  test('forty findings', () => {
    const findings = Array.from({ length: 40 }, () => cacheFinding());
    const text = renderMarkdown(leakingReport({ findings: [sessionsFinding(), ...findings] }), withoutSource);
    expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BYTES);
    expect(text).toContain('7 WebSockets are CLOSED and still held');
    expect(text).toContain('src/server.ts:10');
    const told = text.match(/keeps 12,400 Objects/g)?.length ?? 0;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(40);
    expect(text).toMatch(/Left out: finding \d+, .* and \d+ more\..*--json/);
  });
  test('a finding whose source has ten thousand lines', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `call(${index});`);
    const finding = {
      ...sessionsFinding(),
      excerpts: [{ file: 'src/server.ts', firstLine: 1, lines, marked: [10] }],
    };
    const text = renderMarkdown(leakingReport({ findings: [finding] }), { withSource: true });
    expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BYTES);
    expect(text).toMatch(/^… [\d]+ more lines$/m);
    expect(text).toContain('nothing clears that interval');
    expect(text).toContain('Cost: ');
  });
  test('sixty containers and sixty stacks are a few rows, and go before anything that says what leaks', () => {
    const [container] = leakingReport().containers;
    const growth = leakingReport().sampledGrowth;
    const [stack] = growth?.stacks ?? [];
    if (container === undefined || growth === null || stack === undefined)
      throw new Error('nothing to repeat');
    const many = {
      containers: Array.from({ length: 60 }, () => container),
      sampledGrowth: { ...growth, stacks: Array.from({ length: 60 }, () => stack) },
    };
    const alone = renderMarkdown(leakingReport(many), withoutSource);
    expect(alone.match(/^\| history in sessions /gm)).toHaveLength(8);
    expect(alone).toContain('(52 more in --html)');
    expect(alone.match(/^\| 264 MB /gm)).toHaveLength(5);
    const findings = [sessionsFinding(), ...Array.from({ length: 12 }, () => cacheFinding())];
    const full = renderMarkdown(leakingReport({ ...many, findings }), withoutSource);
    expect(bytesOf(full)).toBeLessThanOrEqual(MAX_BYTES);
    expect(full).toMatch(/Left out: .*where what stays was allocated/);
    expect(full).not.toMatch(/Left out: .*finding [1-5],/);
  });
  test('names of any length, in any script', () => {
    fc.assert(
      fc.property(
        fc.oneof(hostileText, fc.constantFrom('漢', '🦄', '`', '|', 'x ')),
        fc.integer({ min: 1, max: 1_500 }),
        (text, times) => {
          for (const document of [reportWith(text.repeat(times)), comparisonWith(text.repeat(times))]) {
            expect(bytesOf(renderMarkdown(document, { withSource: true }))).toBeLessThanOrEqual(MAX_BYTES);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
  test('where nothing was left out, nothing is said of it', () => {
    expect(renderMarkdown(leakingReport(), withoutSource)).not.toContain('Left out');
  });
});

const reader = markdownIt({ html: true, linkify: true });

/** The words as a reader shows them, spaces that only wrap a line taken as one. */
function textOf(markdown: string): string {
  return reader
    .parse(markdown, {})
    .flatMap((token) => [token, ...(token.children ?? [])])
    .filter(({ type }) => ['text', 'text_special', 'code_inline', 'fence'].includes(type))
    .map(({ content }) => content)
    .join('\n');
}

function reportWith(attack: string): Report {
  const report = leakingReport({
    findings: [sessionsFinding()],
    isolates: [unexplainedReport()],
    account: unexplainedReport().account,
    growth: {
      ...leakingReport().growth,
      perOperation: [operation('jobs', { bytes: 8_000, interval: [7_000, 9_000], effect: 'some' })],
    },
    notes: ['A note.'],
  });
  return { ...withHostileText(report, attack), schema: 'leakline/report@1' };
}

function comparisonWith(attack: string): Comparison {
  const sides = labSides(reportWith(attack)).map((side) => ({ ...side, name: `left${attack}` }));
  return { ...labComparison(sides), scenario: { name: `story${attack}`, clients: 7, items: 1 } };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
