import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { labComparison, leakingReport } from '../present/reports.ts';
import { cli } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const report = save('report.json', leakingReport());
const comparison = save('comparison.json', labComparison());

test('a saved report is shown as text, and showing it went well', async () => {
  const answers = await Promise.all([cli(['report', report]), cli(['report', comparison])]);
  expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  expect(answers.map(({ stderr }) => stderr)).toEqual(['', '']);
  expect(answers[0]?.stdout).toContain('7 WebSockets are CLOSED and still held');
  expect(answers[1]?.stdout).toContain('leaking minus fixed');
});

test('as a page and as Markdown, to files beside the text or to standard output alone', async () => {
  const [html, markdown] = [join(folder, 'a.html'), join(folder, 'a.md')];
  const both = await cli(['report', report, '--html', html, '--markdown', markdown]);
  expect(both.code).toBe(0);
  expect(both.stdout).toContain('LEAKING');
  const alone = await Promise.all([
    cli(['report', report, '--html', '-']),
    cli(['report', report, '--markdown', '-']),
    cli(['report', comparison], { LEAKLINE_HTML: '-' }),
  ]);
  expect(alone[0]?.stdout).toBe(readFileSync(html, 'utf8'));
  // With the script that lies beside the command.
  expect(alone[0]?.stdout).toContain(readFileSync('dist/file-page.js', 'utf8'));
  expect(alone[1]?.stdout).toBe(readFileSync(markdown, 'utf8'));
  expect(alone[2]?.stdout).toMatch(/^<!doctype html>/);
});

test('what is none is refused with the fact and the next step', async () => {
  const { fingerprint: _, ...finding } = leakingReport().findings[0] ?? { fingerprint: '' };
  const changed = save('changed.json', { ...leakingReport(), findings: [finding] });
  const answers = await Promise.all([
    cli(['report', changed]),
    cli(['report', join(folder, 'missing.json'), '--html', '-']),
    cli(['report', 'package.json', '--markdown', '-']),
    cli(['report', report, '--html', '-', '--markdown', '-']),
    cli(['report', report, '--html', join(folder, 'missing', 'a.html')]),
  ]);
  expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  const [first, second, third, fourth, fifth] = answers.map(({ stderr }) => stderr.replaceAll(/\s+/g, ' '));
  expect(first).toContain('findings[0].fingerprint is missing');
  expect(first).toContain('--json FILE');
  expect(second).toContain('#REPORT_UNREADABLE');
  expect(third).toContain('it has no "schema"');
  expect(fourth).toContain('--html and --markdown');
  expect(fifth).toContain('#CANNOT_WRITE');
  // The answer was printed before the file could fail.
  expect(answers[4]?.stdout).toContain('LEAKING');
});

test('judge writes them too', async () => {
  const log = join(folder, 'gc.log');
  const lines = Array.from(
    { length: 80 },
    (_, second) =>
      `[7:0xab] ${second * 1000} ms: Mark-Compact 900.0 (990.0) -> ${20 + second}.0 (990.0) MB, 1.0 / 0.0 ms  (average`,
  );
  writeFileSync(log, lines.join('\n'));
  const html = join(folder, 'judge.html');
  const { code, stdout } = await cli(['judge', log, '--html', html, '--markdown', '-']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^## leakline: LEAKING/);
  expect(readFileSync(html, 'utf8')).toContain('LEAKING');
});

function save(name: string, document: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}
