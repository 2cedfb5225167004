import { renderAnswer } from '../present/text/answer-text.ts';
import type { Report, Reports } from '../report/schema.ts';
import { type JudgeRequest, judgeLog } from '../session/judge.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';
import { checkOutputs } from './output-files.ts';
import { readUntilInterrupted } from './page.ts';

/**
 * `leakline judge FILE…`: the verdict for numbers recorded elsewhere. One log after the other; a bad one ends it. With a page it
 * goes on until that has been read; then its exit code is still that of the answer, for nothing was interrupted.
 */
export async function judgeCommand(
  files: readonly string[],
  request: JudgeRequest,
  options: OutputOptions,
): Promise<number> {
  checkOutputs(options, files);
  const interrupt = options.ui === true ? listenForInterrupt() : null;
  const output = await openOutput({ ...options, quiet: true }, `leakline judge ${files.join(' ')}`);
  try {
    const reports: Report[] = [];
    for (const file of files) reports.push(...(await judgeLog(file, request, process.stdin)));
    const document = documentOf(reports);
    await output.answer(document, renderAnswer(document, output.text));
    if (interrupt !== null) await readUntilInterrupted(interrupt, options);
    return exitCodeOfAll(reports);
  } finally {
    await output.close();
    interrupt?.dispose();
  }
}

function documentOf(reports: readonly Report[]): Report | Reports {
  const [only, ...others] = reports;
  return only !== undefined && others.length === 0 ? only : { schema: 'leakline/reports@1', reports };
}
