import { formatBytes } from '../core/bytes.ts';
import { renderHeap } from '../present/text/heap-text.ts';
import { type HeapProgress, type HeapQuestion, readHeap } from '../session/read-heap.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline heap FILE`: what is in a heap snapshot. */
export async function heapCommand(
  file: string,
  question: HeapQuestion,
  options: OutputOptions,
): Promise<number> {
  const answer = await readHeap(file, question, { onProgress: progressOnTerminal() });
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
