import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { LeaklineError } from '../core/errors.ts';
import { withLaterFields } from '../report/later-fields.ts';
import { findReportProblem, type SavedReport } from '../report/validate.ts';

/**
 * A report that was saved with `--json`, by this leakline or an earlier one; `-` reads `standardInput`. Whoever made the file, what
 * comes out has the shape that presenters rely on.
 *
 * Throws `REPORT_UNREADABLE`.
 */
export async function readReport(file: string, standardInput: Readable): Promise<SavedReport> {
  const name = file === '-' ? 'standard input' : file;
  const text = await textOf(file === '-' ? standardInput : createReadStream(file), name);
  const value = withLaterFields(parse(text, name));
  const problem = findReportProblem(value);
  if (problem !== null) throw new LeaklineError('REPORT_UNREADABLE', { file: name, message: problem });
  return value as SavedReport;
}

async function textOf(stream: Readable, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, file: string): unknown {
  if (text.trim() === '') {
    throw new LeaklineError('REPORT_UNREADABLE', { file, message: 'it is empty' });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LeaklineError('REPORT_UNREADABLE', { file, message: 'it is not JSON' }, { cause });
  }
}

function unreadable(file: string, cause: unknown): LeaklineError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LeaklineError('REPORT_UNREADABLE', { file, message }, { cause });
}
