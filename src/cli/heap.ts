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
  const asked = question.path ?? question.class ?? question.strings;
  if (more.length > 0 && asked !== undefined) {
    throw new LeaklineError('USAGE', {
      message: '--path, --class and --strings look into one snapshot only',
    });
  }
  const reading = { onProgress: progressOnTerminal() };
  const answer =
    more.length > 0 ? await readHeapGrowth(files, reading) : await readHeap(file, question, reading);
  const output = await openOutput({ ...options, quiet: true }, '');
  await output.list(answer, renderHeap(answer, output.text));
  return EXIT.done;
}

/** One line that is written over, and gone when the file is read. Small files are read before there is anything to tell. */
function progressOnTerminal(): HeapProgress {
  if (process.stderr.isTTY !== true) return () => {};
  const startedMs = performance.now();
  let shownMs = startedMs + SILENT_MS - EVERY_MS;
  let isShown = false;
  return (bytesRead, bytesTotal) => {
    const nowMs = performance.now();
    const isOver = bytesRead === bytesTotal;
    if (isOver && isShown) process.stderr.write(CLEAR_LINE);
    if (isOver || nowMs - shownMs < EVERY_MS) return;
    shownMs = nowMs;
    isShown = true;
    const share = bytesTotal === null ? '' : ` of ${formatBytes(bytesTotal)}`;
    process.stderr.write(`${CLEAR_LINE}reading ${formatBytes(bytesRead)}${share}`);
  };
}

const SILENT_MS = 500;
const EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';
