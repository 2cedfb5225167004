import { formatBytes } from '../../core/bytes.ts';
import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { residentWords } from '../resident-lines.ts';
import { sanitizeDocument } from '../sanitize.ts';

/** Where the time on the target went, longest first, and what its memory is: for `--verbose`. */
export function renderCosts(
  unsafeDocument: Report | Reports | Comparison,
  options: { readonly unicode: boolean },
): string {
  const document = sanitizeDocument(unsafeDocument, options);
  switch (document.schema) {
    case 'leakline/report@1':
      return costLine(document, '');
    case 'leakline/reports@1':
      return document.reports.map((report) => costLine(report, `${partName(report)}: `)).join('');
    case 'leakline/comparison@1':
      return document.sides.map(({ name, report }) => costLine(report, `${name}: `)).join('');
  }
}

function costLine({ cost, notes, growth, residentMemory, source }: Report, prefix: string): string {
  const works = Object.entries(cost.longestPauseMsByWork)
    .sort(([, a], [, b]) => b - a)
    .map(([work, ms]) => `${work} ${ms} ms`);
  const lines = [
    // Reading a log cost the process nothing.
    ...(source === null
      ? [`${prefix}longest pause by work: ${works.length === 0 ? 'none' : works.join(', ')}`]
      : []),
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

/** Of several answers: the log, and which isolate or process in it. */
function partName({ source, target }: Report): string {
  return [source?.file, target.isolate].filter((part) => part != null).join(' ') || 'report';
}
