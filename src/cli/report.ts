import { renderComparison } from '../present/text/comparison-text.ts';
import { renderReport } from '../present/text/report-text.ts';
import type { TextOptions } from '../present/text/text-options.ts';
import type { Comparison, Report, Reports } from '../report/schema.ts';
import { readReport } from '../session/read-report.ts';
import { EXIT } from './exit-codes.ts';
import { openOutput } from './output.ts';
import { checkOutputs } from './output-files.ts';
import type { OutputOptions } from './options.ts';

/**
 * `leakline report FILE`: a saved report for a reader. Its exit code is that of showing it: what was found is an answer that
 * the watch has given already.
 */
export async function reportCommand(file: string, options: OutputOptions): Promise<number> {
  checkOutputs(options, [file]);
  const output = await openOutput({ ...options, quiet: true }, '');
  const document = await readReport(file, process.stdin);
  await output.answer(document, textOf(document, output.text));
  return EXIT.done;
}

function textOf(document: Report | Reports | Comparison, options: TextOptions): string {
  switch (document.schema) {
    case 'leakline/report@1':
      return renderReport(document, options);
    case 'leakline/reports@1':
      return document.reports.map((report) => renderReport(report, options)).join('\n');
    case 'leakline/comparison@1':
      return renderComparison(document, options);
  }
}
