import { expect, test } from 'vitest';
import { containerTable } from '../../../src/present/html/container-table.ts';
import { sparkline, sparkSpan } from '../../../src/present/html/sparkline.ts';
import { renderHtml } from '../../../src/present/html/page.ts';
import type { Report } from '../../../src/report/schema.ts';
import { countedContainers, inconclusiveReport, leakingReport } from '../reports.ts';
import { parsePage, textOf } from './parsed-page.ts';

test('the page tells of each container its place, its entries and its rate', () => {
  const text = textOf(parsePage(renderHtml(leakingReport(), { withSource: false })));
  expect(text).toContain('history in sessions Array ×7 src/server.ts:8');
  expect(text).toContain('0 → 140');
  expect(text).toContain('+6.9/s');
  // What goes up and down is no line, what never moved is steady; the list of innocents would say that once more.
  expect(text).toContain('40 → 42');
  expect(text).toContain('steady');
  expect(text).not.toContain('Containers that stayed steady');
});

test('a report without counts has the list of innocents, and one without either has neither', () => {
  const listed = textOf(parsePage(renderHtml(leakingReport({ containers: [] }), { withSource: false })));
  expect(listed).toContain('Containers that stayed steady');
  const neither = textOf(parsePage(renderHtml(inconclusiveReport(), { withSource: false })));
  expect(neither).not.toContain('Containers');
  expect(containerTable({ containers: [] })).toBeNull();
});

/** The corners of the line, as the picture has them. */
function corners(counts: Report['containers'][number]['counts']): [number, number][] {
  const html = sparkline(counts, sparkSpan([{ ...only, counts }]))?.html ?? '';
  const path = /d="M([^"]*)"/.exec(html)?.[1] ?? '';
  return path.split('L').map((point) => point.split(' ').map(Number) as [number, number]);
}
const [only] = countedContainers() as [Report['containers'][number]];

test('a line rises where entries do, as far as time went', () => {
  const at = (timeMs: number, size: number): { timeMs: number; size: number } => ({ timeMs, size });
  // Down is up in a picture: twice the time, half of the height.
  expect(corners([at(0, 10), at(1_000, 20), at(4_000, 30)])).toEqual([
    [3, 19],
    [25.5, 11],
    [93, 3],
  ]);
  expect(corners([at(0, 5), at(10, 5)]).map(([, y]) => y)).toEqual([11, 11]);
  // Counted once: a dot.
  expect(corners([at(7, 5)])).toEqual([[3, 11]]);
});
