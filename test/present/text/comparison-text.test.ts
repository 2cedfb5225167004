import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderComparison } from '../../../src/present/text/comparison-text.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import {
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  twoProcesses,
  unexplainedReport,
  withHostileText,
} from '../reports.ts';

const plain = { color: false, unicode: true };

test('the lab ends side by side at 120 columns', async () => {
  const text = renderComparison(labComparison(), { ...plain, columns: 120 });
  await expect(text).toMatchFileSnapshot('snapshots/comparison-120.txt');
});

test('the lab played to the end says how long before the death the line was named, one side below the other at 80', async () => {
  const text = renderComparison(labComparison(labSides(diedReport())), { ...plain, columns: 80 });
  expect(text).toContain('line named 7 s after the first client, 68 s before the leaking process died');
  await expect(text).toMatchFileSnapshot('snapshots/comparison-died-80.txt');
});

test('a line that was named only after the death is not sold as a warning', () => {
  const died = diedReport();
  const late = { ...died, namedAtMs: 81_200 };
  const text = renderComparison(labComparison(labSides(late)), { ...plain, columns: 120 });
  expect(text).toContain('4 s after the leaking process died');
});

test('two processes are told by pid and script, and nobody speaks of a load or of sides that were not played', async () => {
  const text = renderComparison(twoProcesses(), { ...plain, columns: 120 });
  expect(text).not.toMatch(/fixed|clients|http|items/);
  await expect(text).toMatchFileSnapshot('snapshots/comparison-processes-120.txt');
  const died = renderComparison(twoProcesses(undefined, diedReport()), { ...plain, columns: 120 });
  expect(died).toMatch(/line named \d+ s after the watch began, \d+ s before pid 4242 died/);
});

test('a side without an answer gives its reason, and no difference is invented', () => {
  const comparison = { ...labComparison(labSides(inconclusiveReport())), difference: null, scenario: null };
  const text = renderComparison(comparison, { ...plain, columns: 120 });
  expect(text).toContain('Only 2 major GCs were seen');
  expect(text).not.toContain('difference');
});

test('a side that leaks and was not explained says so, and what to do next', () => {
  const text = renderComparison(labComparison(labSides(unexplainedReport())), { ...plain, columns: 120 });
  const [, leaking] = text.split('\nleaking\n');
  expect(leaking).toContain('unexplained  +93.0 KB/s, all of it: what was found to grow is far too small');
  expect(leaking).toContain('next         a heap snapshot sees what no walk can');
});

test('hostile names are shown, not obeyed, and fit the terminal', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 20, max: 200 }), fc.boolean(), (hostile, columns, unicode) => {
      const sides = labSides(diedReport()).map((side) => ({
        ...side,
        name: side.name + hostile,
        report: withHostileText(side.report, hostile),
      }));
      const text = renderComparison(labComparison(sides), { color: false, unicode, columns });
      expect(text).not.toMatch(OBEYED_BY_TERMINALS);
      expect(Math.max(...text.split('\n').map(columnsOf))).toBeLessThanOrEqual(columns);
    }),
    { numRuns: 200 },
  );
});
