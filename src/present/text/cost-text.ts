import type { Comparison, Report } from '../../report/schema.ts';

/** Where the time on the target went, longest first: for `--verbose`. */
export function renderCosts(document: Report | Comparison): string {
  if (document.schema === 'leakline/comparison@1') {
    return document.sides.map(({ name, report }) => costLine(report, `${name}: `)).join('');
  }
  return costLine(document, '');
}

function costLine({ cost, notes }: Report, prefix: string): string {
  const works = Object.entries(cost.longestPauseMsByWork)
    .sort(([, a], [, b]) => b - a)
    .map(([work, ms]) => `${work} ${ms} ms`);
  const lines = [
    `${prefix}longest pause by work: ${works.length === 0 ? 'none' : works.join(', ')}`,
    ...notes,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
