import { formatBytes } from '../core/bytes.ts';
import { LeaklineError } from '../core/errors.ts';
import { renderHeap } from '../present/text/heap-text.ts';
import { type HeapProgress, type HeapQuestion, readHeap, readHeapGrowth } from '../session/read-heap.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline heap FILE…`: what is in a heap snapshot, or what grew from the first of several to the last. */
export async function heapCommand(
  files: readonly string[],
  question: HeapQuestion,
  options: OutputOptions,
): Promise<number> {
  const [file = '', ...more] = files;
  if (question.diff === true && more.length === 0) {
    throw new LeaklineError('USAGE', { message: '--diff needs two snapshots or more of one process' });
  }
  const asked = question.path ?? question.class ?? question.strings;
  if (more.length > 0 && asked !== undefined) {
    throw new LeaklineError('USAGE', {
      message: '--path, --class and --strings look into one snapshot only',
    });
  }
  const progress = progressOnTerminal();
  const answer = await (more.length > 0
    ? readHeapGrowth(files, progress)
    : readHeap(file, question, progress)
  ).finally(progress.clear);
  const output = await openOutput({ ...options, quiet: true }, '');
  await output.list(answer, renderHeap(answer, output.text));
  return EXIT.done;
}

/** One line that is written over. Small files are read before there is anything to tell. */
function progressOnTerminal(): { readonly onProgress: HeapProgress; readonly clear: () => void } {
  let shownMs = performance.now() + SILENT_MS - EVERY_MS;
  let isShown = false;
  return {
    onProgress(bytesRead, bytesTotal) {
      const nowMs = performance.now();
      if (process.stderr.isTTY !== true || nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      isShown = true;
      const share = bytesTotal === null ? '' : ` of ${formatBytes(bytesTotal)}`;
      process.stderr.write(`${CLEAR_LINE}reading ${formatBytes(bytesRead)}${share}`);
    },
    clear() {
      if (isShown) process.stderr.write(CLEAR_LINE);
    },
  };
}

const SILENT_MS = 500;
const EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';
