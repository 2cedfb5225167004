import { renderAnswer } from '../present/text/answer-text.ts';
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
  await output.answer(document, renderAnswer(document, output.text));
  return EXIT.done;
}
