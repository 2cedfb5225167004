import { formatBytes } from '../core/bytes.ts';
import { LeaklineError } from '../core/errors.ts';
import { renderHeap } from '../present/text/heap-text.ts';
import { type HeapProgress, type HeapQuestion, readHeap, readHeapGrowth } from '../session/read-heap.ts';
import { EXIT } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';
import { checkOutputs } from './output-files.ts';
import { readUntilInterrupted } from './page.ts';
import { StepTimes } from './step-times.ts';

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
  const asked = [question.path, question.class, question.strings].filter(
    (one) => one !== undefined && one !== false,
  );
  if (asked.length > 1) {
    throw new LeaklineError('USAGE', { message: '--path, --class and --strings are asked one at a time' });
  }
  if (more.length > 0 && asked.length > 0) {
    throw new LeaklineError('USAGE', {
      message: '--path, --class and --strings look into one snapshot only',
    });
  }
  const isDrawn = options.html !== undefined || options.ui === true;
  if (isDrawn && (more.length > 0 || asked.length > 0)) {
    throw new LeaklineError('USAGE', {
      message:
        '--html and --ui show the summary of one snapshot; leave out --path, --class, --strings and other files',
    });
  }
  checkOutputs(options, files);
  const steps = new StepTimes();
  steps.begin('reading');
  const progress = progressOnTerminal(options.quiet === true);
  const answer = await (more.length > 0
    ? readHeapGrowth(files, progress)
    : readHeap(file, { ...question, tree: isDrawn }, progress)
  ).finally(progress.clear);
  steps.begin('writing the answer');
  // Not before: until the file is read, Ctrl-C just ends it.
  const interrupt = options.ui === true ? listenForInterrupt() : null;
  const output = await openOutput({ ...options, quiet: true }, `leakline heap ${file}`);
  try {
    await output.listHeap(answer, renderHeap(answer, output.text));
    if (options.verbose === true) process.stderr.write(steps.render());
    if (interrupt !== null) await readUntilInterrupted(interrupt, options);
    return EXIT.done;
  } finally {
    await output.close();
    interrupt?.dispose();
  }
}

/** A bar that is written over. Small files are read before there is anything to tell. */
function progressOnTerminal(isQuiet: boolean): {
  readonly onProgress: HeapProgress;
  readonly onStep: (words: string) => void;
  readonly clear: () => void;
} {
  let shownMs = performance.now() + SILENT_MS - EVERY_MS;
  let isShown = false;
  return {
    onProgress(bytesRead, bytesTotal) {
      const nowMs = performance.now();
      if (isQuiet || process.stderr.isTTY !== true || nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      isShown = true;
      process.stderr.write(`${CLEAR_LINE}${readingWords(bytesRead, bytesTotal)}`);
    },
    onStep(words) {
      if (isShown) process.stderr.write(`${CLEAR_LINE}${words}`);
    },
    clear() {
      if (isShown) process.stderr.write(CLEAR_LINE);
    },
  };
}

/** `[#########-----------]  45 % of 1.27 GB`; of what is unpacked on the way the end is not known. */
function readingWords(bytesRead: number, bytesTotal: number | null): string {
  if (bytesTotal === null || bytesTotal === 0) return `reading, ${formatBytes(bytesRead)} so far`;
  const share = Math.min(1, bytesRead / bytesTotal);
  const bar = '#'.repeat(Math.round(share * BAR_COLUMNS)).padEnd(BAR_COLUMNS, '-');
  return `reading [${bar}] ${String(Math.floor(share * 100)).padStart(3)} % of ${formatBytes(bytesTotal)}`;
}

const BAR_COLUMNS = 20;
const SILENT_MS = 500;
const EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';
