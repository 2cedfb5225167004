import { formatBytes } from '../../core/bytes.ts';
import type { Comparison, Report } from '../../report/schema.ts';
import { residentWords } from '../resident-lines.ts';

/** Where the time on the target went, longest first, and what its memory is: for `--verbose`. */
export function renderCosts(document: Report | Comparison): string {
  if (document.schema === 'leakline/comparison@1') {
    return document.sides.map(({ name, report }) => costLine(report, `${name}: `)).join('');
  }
  return costLine(document, '');
}

function costLine({ cost, notes, growth, residentMemory }: Report, prefix: string): string {
  const works = Object.entries(cost.longestPauseMsByWork)
    .sort(([, a], [, b]) => b - a)
    .map(([work, ms]) => `${work} ${ms} ms`);
  const lines = [
    `${prefix}longest pause by work: ${works.length === 0 ? 'none' : works.join(', ')}`,
    ...(growth.smallestDetectableBytesPerSecond === null
      ? []
      : [
          `${prefix}smallest leak that would have shown: ${formatBytes(growth.smallestDetectableBytesPerSecond)}/s`,
        ]),
    ...(residentMemory === null ? [] : [`${prefix}resident memory: ${residentWords(residentMemory.last)}`]),
    ...notes,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
