import * as fc from 'fast-check';
import markdownIt from 'markdown-it';
import type Token from 'markdown-it/lib/token.mjs';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/present/markdown/markdown.ts';
import { sanitize } from '../../../src/present/sanitize.ts';
import type { Comparison, Report } from '../../../src/report/schema.ts';
import { hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import { MARKUP_ATTACKS } from '../hostile-markup.ts';
import {
  cacheFinding,
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  operation,
  packageFinding,
  sessionsFinding,
  steadyReport,
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

test('reports of a log come one after the other', () => {
  const reports = [leakingReport(), steadyReport()];
  const text = renderMarkdown({ schema: 'leakline/reports@1', reports }, withoutSource);
  expect(text.match(/^## leakline: .*$/gm)).toEqual([
    '## leakline: LEAKING +56.0 MB/s after GC',
    '## leakline: STEADY +1.20 KB/s after GC',
  ]);
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

// A reader of Markdown is the judge. Forges make links of bare addresses too, so it is told to.
const reader = markdownIt({ html: true, linkify: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: true });

/** All that our own words make. */
const EXPECTED_TOKENS = new Set(
  `heading_open heading_close paragraph_open paragraph_close inline fence code_inline text text_special
  bullet_list_open bullet_list_close list_item_open list_item_close strong_open strong_close em_open em_close
  table_open table_close thead_open thead_close tbody_open tbody_close tr_open tr_close th_open th_close
  td_open td_close`.split(/\s+/),
);

describe('names of the watched program are read as text', () => {
  test.each(MARKUP_ATTACKS)('%j', (attack) => {
    expectHarmless(attack);
  });
  test('and so is anything else that Unicode has', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.constantFrom(...MARKUP_ATTACKS), fc.string()), (attack) => {
        expectHarmless(attack);
      }),
      { numRuns: 100 },
    );
  });
});

test('the judge can condemn: what is let through is seen', () => {
  expect(tokensOf('a <b>').map(({ type }) => type)).toContain('html_inline');
  expect(tokensOf('see http://evil.example').map(({ type }) => type)).toContain('link_open');
  expect(tokensOf('[a](http://evil.example)').map(({ type }) => type)).toContain('link_open');
});

function expectHarmless(attack: string): void {
  for (const document of [reportWith(attack), comparisonWith(attack)]) {
    const markdown = renderMarkdown(document, { withSource: true });
    expect(markdown.replaceAll('\n', '')).not.toMatch(OBEYED_BY_TERMINALS);
    expect(bytesOf(markdown)).toBeLessThanOrEqual(MAX_BYTES);
    const tokens = tokensOf(markdown);
    expect(tokens.map(({ type }) => type).filter((type) => !EXPECTED_TOKENS.has(type))).toEqual([]);
    expect(tokens.filter(({ type }) => type === 'heading_open')).toHaveLength(1);
    // A forge knows mentions, references and addresses beyond CommonMark; none may stand outside of code.
    const bare = tokens.filter(({ type }) => type === 'text').map(({ content }) => content);
    for (const words of bare) expect(words).not.toMatch(/@|#\d|:\/\/|www\./);
    if (attack.length < 20)
      expect(textOf(markdown)).toContain(sanitize(`sessions${attack}sessions`, { unicode: true }));
  }
}

function tokensOf(markdown: string): Token[] {
  return reader.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

/** The words as a reader shows them, spaces that only wrap a line taken as one. */
function textOf(markdown: string): string {
  return tokensOf(markdown)
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
