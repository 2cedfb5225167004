import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { leakingReport, packageFinding } from '../present/reports.ts';
import { cli } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-switches-'));
afterAll(() => rmSync(folder, { recursive: true }));

const report = join(folder, 'report.json');
writeFileSync(report, JSON.stringify(leakingReport({ findings: [packageFinding()] })));
const heap = join(folder, 'small.heapsnapshot');
execFileSync(process.execPath, ['-e', `v8.writeHeapSnapshot(${JSON.stringify(heap)})`]);
const log = join(folder, 'steady.log');
writeFileSync(
  log,
  Array.from(
    { length: 80 },
    (_, second) =>
      `[7:0xab] ${second * 1000} ms: Mark-Compact 900.0 (990.0) -> 20.0 (990.0) MB, 1.0 / 0.0 ms  (average`,
  ).join('\n'),
);

describe('a switch as a variable', () => {
  test.each(['0', 'false', '', 'no', 'OFF'])('is off as %j', async (off) => {
    const html = join(folder, `off-${off}.html`);
    const [judged, shown] = await Promise.all([
      // With the page it would go on until Ctrl-C.
      cli(['judge', log], { LEAKLINE_UI: off }),
      cli(['report', report, '--html', html], { LEAKLINE_WITH_SOURCE: off, LEAKLINE_VERBOSE: off }),
    ]);
    expect([judged.code, judged.stderr]).toEqual([0, '']);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(readFileSync(html, 'utf8')).not.toContain('createDebug.instances.push');
  });

  test('is on as anything else, and the command line has the last word', async () => {
    const html = join(folder, 'on.html');
    const [on, over] = await Promise.all([
      cli(['report', report, '--html', html], { LEAKLINE_WITH_SOURCE: '1', LEAKLINE_VERBOSE: 'true' }),
      cli(['report', report, '--verbose'], { LEAKLINE_VERBOSE: '0' }),
    ]);
    expect(readFileSync(html, 'utf8')).toContain('createDebug.instances.push');
    expect([on.stderr, over.stderr]).toEqual([
      expect.stringContaining('longest pause by work'),
      expect.stringContaining('longest pause by work'),
    ]);
  });
});

test('one thing at a time is asked of a snapshot, and a switch that is off asks nothing', async () => {
  const [both, off] = await Promise.all([
    cli(['heap', heap, '--path', 'Map', '--class', 'Map']),
    cli(['heap', heap, '--class', 'Map'], { LEAKLINE_STRINGS: '0' }),
  ]);
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('one at a time')]);
  expect([off.code, off.stderr]).toEqual([0, '']);
});

test('what is only read can be told quietly and in detail too', async () => {
  const answers = await Promise.all([
    cli(['report', report, '--quiet']),
    cli(['judge', log, '--quiet']),
    cli(['judge', log, log, '--verbose']),
    cli(['ui', '--help']),
    cli(['ps', '--quiet', '--verbose']),
    cli(['heap', heap, '--quiet']),
    cli(['heap', heap, heap, '--verbose']),
  ]);
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(answers[0]?.stderr).toBe('');
  expect(answers[1]?.stderr).toBe('');
  expect(answers[2]?.stderr.match(/smallest leak that would have shown/g)).toHaveLength(2);
  expect(answers[3]?.stdout).toMatch(/--quiet[^]*--verbose/);
  expect(answers[5]?.stderr).toBe('');
  expect(answers[6]?.stderr).toMatch(
    /^reading \d+ m?s, writing the answer [\d.]+ m?s; leakline itself took [\d.]+ MB at most\n$/,
  );
});

test('ps cuts a command line at the width, and is asked for the whole', async () => {
  const words = 'a-long-argument-'.repeat(20);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', words], { stdio: 'ignore' });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const [cut, whole] = await Promise.all([cli(['ps']), cli(['ps', '--verbose'])]);
    expect(cut.stdout).toContain(String(child.pid));
    expect(cut.stdout).not.toContain(words);
    expect(whole.stdout).toContain(words);
  } finally {
    child.kill();
  }
});
