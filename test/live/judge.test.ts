import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Report, Reports } from '../../src/report/schema.ts';
import { cli } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

function log(name: string, growthMiB: number): string {
  const lines = Array.from({ length: 80 }, (_, second) => {
    const mib = (20 + second * growthMiB).toFixed(1);
    return `[7:0xab] ${second * 1000} ms: Mark-Compact 900.0 (990.0) -> ${mib} (990.0) MB, 1.0 / 0.0 ms  (average`;
  });
  const file = join(folder, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}

const leaking = log('leaking.log', 1);
const steady = log('steady.log', 0);

test('the exit code is that of the worst answer, and nothing but the answer is printed', async () => {
  const answers = await Promise.all([
    cli(['judge', steady]),
    cli(['judge', leaking, '--limit', '2GB']),
    cli(['judge', steady, leaking]),
  ]);
  expect(answers.map(({ code }) => code)).toEqual([0, 1, 1]);
  expect(answers.map(({ stderr }) => stderr)).toEqual(['', '', '']);
  expect(answers[1]?.stdout).toMatch(/LEAKING .*\n? .*out of memory in/);
  expect(answers[2]?.stdout).toMatch(/STEADY[^]*LEAKING/);
});

test('--json writes one document: a report, or several', async () => {
  const file = join(folder, 'report.json');
  await cli(['judge', leaking, '--json', file]);
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  expect(report.schema).toBe('leakline/report@1');
  expect(report.forecast).toBeNull();
  const { stdout } = await cli(['judge', leaking, steady, '--json', '-']);
  const reports = JSON.parse(stdout) as Reports;
  expect(reports.schema).toBe('leakline/reports@1');
  expect(reports.reports.map(({ verdict }) => verdict.kind)).toEqual(['leaking', 'steady']);
});

test('what can not be judged is said in words', async () => {
  const empty = join(folder, 'empty.log');
  writeFileSync(empty, 'hello\n');
  const [nothing, missing, size] = await Promise.all([
    cli(['judge', empty]),
    cli(['judge', join(folder, 'missing.log')]),
    cli(['judge', steady, '--limit', 'much']),
  ]);
  expect([nothing.code, missing.code, size.code]).toEqual([2, 2, 2]);
  expect(nothing.stderr).toContain('#LOG_WITHOUT_MEMORY');
  expect(missing.stderr).toContain('#LOG_UNREADABLE');
  expect(size.stderr).toContain('It must be a size');
  expect(`${nothing.stderr}${missing.stderr}${size.stderr}`).not.toMatch(/^ {4}at /m);
});
