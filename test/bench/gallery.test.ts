import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type GalleryCase, findCases } from '../../bench/gallery/case.ts';
import { scoreFailure, scoreReport } from '../../bench/gallery/score.ts';
import { scoreboard } from '../../bench/gallery/scoreboard.ts';
import { healthy, truthFromDocument, truthFromMarks } from '../../bench/gallery/truth.ts';
import type { Report, ReportLocation } from '../../src/report/schema.ts';

const scratch = mkdtempSync(join(tmpdir(), 'leakline-gallery-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('marks', () => {
  test('a mark is for the line above it, two marks may follow one line', () => {
    expect(
      truthFromMarks(
        'a.mjs',
        'const open = new Set();\n// ^^ leak: held by\n\n  open.add(one);\n  // ^^ leak: added at\n',
      ),
    ).toEqual({
      leaks: true,
      heldBy: { name: 'open', file: 'a.mjs', line: 1 },
      addedAt: { name: null, file: 'a.mjs', line: 4 },
      package: null,
    });
    const both = truthFromMarks(
      'a.mjs',
      '\nconst t = setInterval(f);\n// ^^ leak: held by\n// ^^ leak: added at',
    );
    expect([both.heldBy?.line, both.addedAt?.line]).toEqual([2, 2]);
  });
  test('a source without marks does not leak', () => {
    expect(truthFromMarks('a.mjs', 'const open = new Set();')).toEqual(healthy);
  });
  test('a misspelt, doubled or lonely mark is an error, not a healthy server', () => {
    expect(() => truthFromMarks('a.mjs', 'x\n// ^^ leak: holder')).toThrow('a.mjs:2');
    expect(() => truthFromMarks('a.mjs', 'x\n// ^^ leak: held by')).toThrow('both marks');
    expect(() => truthFromMarks('a.mjs', 'x\n// ^^ leak: held by\ny\n// ^^ leak: held by')).toThrow(
      'a second',
    );
  });
});

describe('finding cases', () => {
  test('our own gallery has at least ten leaks and five healthy servers', () => {
    const cases = findCases(join(import.meta.dirname, '../gallery'));
    expect(cases.filter((server) => server.truth.leaks).length).toBeGreaterThanOrEqual(10);
    expect(cases.filter((server) => !server.truth.leaks).length).toBeGreaterThanOrEqual(5);
  });
  test('a suite has a case for every variant, of which only leaky leaks', () => {
    write('suite/run.sh', '');
    write(
      'suite/one/truth.json',
      JSON.stringify({
        leak: { heldBy: { name: 'm', file: 'a.js', line: 3 }, addedAt: { file: 'b.js', line: 9 } },
      }),
    );
    write('suite/one/leaky/a.js', '');
    write('suite/one/fixed/a.js', '');
    write('suite/two/truth.json', JSON.stringify({ leak: null }));
    write('suite/two/ok/a.js', '');
    write('suite/lib/kit.js', '');
    const found = findCases(join(scratch, 'suite'));
    expect(found.map((server) => [server.name, server.variant, server.truth.leaks])).toEqual([
      ['one', 'leaky', true],
      ['one', 'fixed', false],
      ['two', 'ok', false],
    ]);
    expect(findCases(scratch)).toHaveLength(3);
  });
  test('a marked server among the healthy ones, or an unmarked leak, is refused', () => {
    write('own/healthy/x/server.mjs', 'a\n// ^^ leak: held by\n// ^^ leak: added at');
    expect(() => findCases(join(scratch, 'own'))).toThrow('healthy/x: has a marked leak');
    write('own/healthy/x/server.mjs', 'a');
    write('own/leaks/y/server.mjs', 'a');
    expect(() => findCases(join(scratch, 'own'))).toThrow('leaks/y: no line is marked');
  });
  test('a folder without servers is an error', () => {
    expect(() => findCases(join(import.meta.dirname))).toThrow('no run.sh');
  });
});

describe('scores', () => {
  const leak = galleryCase(
    'leaky',
    truthFromDocument(
      { leak: { heldBy: { name: 'm', file: 'src/a.ts', line: 10 }, addedAt: { file: 'b.js', line: 20 } } },
      'leaky',
    ),
  );

  test('the line may be off by two, the file may not', () => {
    const heldBy = (file: string, line: number): boolean | null =>
      scoreReport(leak, report('leaking', place(file, line))).heldByRight;
    expect(heldBy('src/a.ts', 12)).toBe(true);
    expect(heldBy('leaky/src/a.ts', 8)).toBe(true);
    expect(heldBy('src/a.ts', 13)).toBe(false);
    expect(heldBy('other-src/a.ts', 10)).toBe(false);
    expect(heldBy('a.ts', 10)).toBe(false);
  });
  test('a leak in a package is found when the package is named', () => {
    const server = galleryCase('leaky', truthFromDocument({ culprit: { package: '@scope/name' } }, 'leaky'));
    expect(
      scoreReport(server, report('leaking', place('node_modules/@scope/name/lib/x.js', 1))).heldByRight,
    ).toBe(true);
    expect(
      scoreReport(server, report('leaking', { ...place('x.js', 1), package: '@scope/name' })).heldByRight,
    ).toBe(true);
    expect(
      scoreReport(server, report('leaking', place('node_modules/@scope/name-other/x.js', 1))).heldByRight,
    ).toBe(false);
  });
  test('the answer stands when verdict and line do', () => {
    expect(scoreReport(leak, report('leaking', place('src/a.ts', 10))).answerSeconds).toBe(12);
    expect(scoreReport(galleryCase('ok', healthy), report('steady')).answerSeconds).toBe(9);
  });
  test('of a healthy server, inconclusive is neither right nor an alarm, and a finding is one', () => {
    const server = galleryCase('ok', healthy);
    expect(scoreReport(server, report('steady'))).toMatchObject({ verdictRight: true, falseAlarm: false });
    expect(scoreReport(server, report('inconclusive'))).toMatchObject({
      verdictRight: false,
      falseAlarm: false,
    });
    expect(scoreReport(server, report('leaking'))).toMatchObject({ verdictRight: false, falseAlarm: true });
    expect(scoreReport(server, report('steady', place('a.js', 1)))).toMatchObject({ falseAlarm: true });
  });
  test('the board counts a failure against leakline and says what failed', () => {
    const board = scoreboard([
      scoreReport(leak, report('leaking', place('src/a.ts', 10))),
      scoreFailure(leak, 'leakline ended with 2'),
      scoreReport(galleryCase('ok', healthy), report('inconclusive')),
    ]);
    expect(board).toMatchInlineSnapshot(`
      "| server   | variant | verdict        | held by         | added at    | answer s | pause ms |
      | -------- | ------- | -------------- | --------------- | ----------- | -------- | -------- |
      | app/case | leaky   | leaking ✓      | ✓ m src/a.ts:10 | ✗ (nowhere) | 12.0     | 7.3      |
      | app/case | leaky   | error          | ✗               | ✗           | –        | –        |
      | app/case | ok      | inconclusive ? |                 |             | –        | 7.3      |

      leaks: verdict right 1 of 2, held-by line right 1 of 2, added-at line right 0 of 2
      healthy: steady 0 of 1, inconclusive 1 of 1, false alarms 0 of 1
      seconds to the answer: median 12.0, longest 12.0; longest pause: 7.3 ms; errors: 1
      error: app/case leaky: leakline ended with 2"
    `);
  });
});

function galleryCase(variant: string, truth: GalleryCase['truth']): GalleryCase {
  return { suite: 'app', name: 'case', variant, truth, start: { kind: 'plain', folder: '' } };
}

function place(file: string, line: number): ReportLocation {
  return { file, line, column: 1, function: null, package: null };
}

/** As much of a report as is scored. */
function report(kind: Report['verdict']['kind'], heldBy?: ReportLocation): Report {
  return {
    verdict: { kind, decidedAtMs: kind === 'inconclusive' ? null : 9000 },
    namedAtMs: heldBy === undefined ? null : 12_000,
    findings: heldBy === undefined ? [] : [{ heldBy: { name: 'm', location: heldBy }, addedAt: null }],
    cost: { longestPauseMs: 7.25 },
  } as unknown as Report;
}

function write(path: string, text: string): void {
  mkdirSync(join(scratch, path, '..'), { recursive: true });
  writeFileSync(join(scratch, path), text);
}
