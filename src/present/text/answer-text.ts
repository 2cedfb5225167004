import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { renderComparison } from './comparison-text.ts';
import { renderReport } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/** Any answer of leakline as text; of several reports one below the other. */
export function renderAnswer(document: Report | Reports | Comparison, options: TextOptions): string {
  switch (document.schema) {
    case 'leakline/report@1':
      return renderReport(document, options);
    case 'leakline/reports@1':
      return document.reports.map((report) => renderReport(report, options)).join('\n');
    case 'leakline/comparison@1':
      return renderComparison(document, options);
  }
}
