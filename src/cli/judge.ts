import { renderReport } from '../present/text/report-text.ts';
import type { Report, Reports } from '../report/schema.ts';
import { type JudgeRequest, judgeLog } from '../session/judge.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline judge FILE…`: the verdict for numbers recorded elsewhere. One log after the other; a bad one ends it. */
export async function judgeCommand(
  files: readonly string[],
  request: JudgeRequest,
  options: OutputOptions,
): Promise<number> {
  const output = await openOutput({ ...options, quiet: true }, '');
  const reports: Report[] = [];
  for (const file of files) reports.push(...(await judgeLog(file, request, process.stdin)));
  const text = reports.map((report) => renderReport(report, output.text)).join('\n');
  await output.answer(documentOf(reports), text);
  return exitCodeOfAll(reports);
}

function documentOf(reports: readonly Report[]): Report | Reports {
  const [only, ...others] = reports;
  return only !== undefined && others.length === 0 ? only : { schema: 'leakline/reports@1', reports };
}
