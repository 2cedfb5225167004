import { type LinesFor, progressLine } from '../present/text/progress.ts';
import type { TextOptions } from '../present/text/text-options.ts';
import { renderCosts } from '../present/text/cost-text.ts';
import type { HeapAnswer } from '../report/heap-summary.ts';
import type { Comparison, Report, Reports } from '../report/schema.ts';
import type { LiveView } from '../report/live.ts';
import type { SampledAllocations } from '../session/isolate-watch.ts';
import type { WatchProgress } from '../session/watch.ts';
import { AllocationsFile } from './allocations.ts';
import { answerGoesToStdout, writeDocuments, writeHeapPage, writeJson } from './documents.ts';
import type { Interrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import type { LiveScreen, LiveScreenOptions } from './live-screen.ts';
import { openPage, readUntilInterrupted } from './page.ts';

/**
 * Where a command's words go: the answer to standard output, progress to standard error, and a live screen instead of
 * progress where somebody sits at a terminal. A page in the browser takes the place of that screen, which would hide its
 * address. `live` is left out by a command that has nothing to look at while it runs.
 */
export async function openOutput(options: OutputOptions, title: string, live?: LiveOptions): Promise<Output> {
  const text = textOptions(options);
  const documentToStdout = answerGoesToStdout(options);
  const page = options.ui === true ? await openPage(title) : null;
  const isShared = live?.program === true;
  const hasPicture = page === null && options.quiet !== true && !documentToStdout && isTerminal();
  const screen = live === undefined || !hasPicture ? null : await openPicture(title, text, live);
  const isQuiet = options.quiet ?? (isShared && process.stdout.isTTY);
  const allocations = options.allocations === undefined ? null : new AllocationsFile(options.allocations);
  let previous: LiveView | null = null;
  const progress = (view: LiveView): void => {
    page?.update(view);
    if (screen !== null) screen.update(view);
    else if (!isQuiet) {
      // A line a second would have the page's address out of sight before somebody has copied it.
      const line = progressLine(view, previous, page !== null && isTerminal() ? 'verdicts' : live?.lines);
      if (line !== null) process.stderr.write(`${line}\n`);
      previous = view;
    }
  };
  const list = async (document: object, rendered: string): Promise<void> => {
    if (!documentToStdout) process.stdout.write(rendered);
    if (options.json !== undefined) await writeJson(options.json, document);
  };
  return {
    text,
    progress,
    onSampled: allocations?.onSampled,
    watching(name) {
      const startedMs = performance.now();
      return ({ report, activity }) => {
        const elapsedMs = performance.now() - startedMs;
        progress({ elapsedMs, sides: [{ name, activity, report, load: null }] });
      };
    },
    async answer(document, rendered) {
      await screen?.finish();
      page?.show(document);
      // First what can't fail: whoever waited for the answer has it, whatever becomes of the files.
      if (!documentToStdout) process.stdout.write(rendered);
      await writeDocuments(document, options);
      const missing = await allocations?.write();
      if (typeof missing === 'string') process.stderr.write(`${missing}\n`);
      if (options.verbose === true) process.stderr.write(renderCosts(document, text));
    },
    list,
    async readPage(interrupt) {
      if (page !== null && isTerminal()) await readUntilInterrupted(interrupt, options);
    },
    async listHeap(answer, rendered) {
      if (answer.schema === 'leakline/heap-summary@1') page?.showHeap(answer);
      await list(answer, rendered);
      if (options.html !== undefined && answer.schema === 'leakline/heap-summary@1') {
        await writeHeapPage(answer, options.html);
      }
    },
    async close() {
      await screen?.close();
      await page?.close();
    },
  };
}

export type LiveOptions = LiveScreenOptions & {
  readonly lines?: LinesFor;
  /** The terminal is a program's, which prints to it: a strip below that, and no progress in between. */
  readonly program?: boolean;
};

async function openPicture(title: string, text: TextOptions, live: LiveOptions): Promise<LiveScreen | null> {
  if (live.program !== true) return (await import('./live-screen.ts')).openLiveScreen(title, text, live);
  return process.stderr.isTTY ? (await import('./live-strip.ts')).openLiveStrip(text, live) : null;
}

export type Output = {
  readonly text: TextOptions;
  progress(view: LiveView): void;
  /** For a watch whose sampled allocations are to be written; `undefined` where nobody wants them. */
  readonly onSampled: ((sampled: SampledAllocations | string) => void) | undefined;
  /** Progress of a watch of one process. */
  watching(name: string): (progress: WatchProgress) => void;
  /** The text to standard output, the document to `--json`, `--html` and `--markdown`; one of them may take its place. */
  answer(document: Report | Reports | Comparison, rendered: string): Promise<void>;
  /** A document that is no report: a list. */
  list(document: object, rendered: string): Promise<void>;
  /** What a heap snapshot was asked; its summary goes to the page and to `--html` too. */
  listHeap(answer: HeapAnswer, rendered: string): Promise<void>;
  /** Where somebody at a terminal asked for the page: until he ends it, since it would be gone with the command. */
  readPage(interrupt: Pick<Interrupt, 'signal'>): Promise<void>;
  /** Gives the terminal back and ends the page. Safe to call after `answer`. */
  close(): Promise<void>;
};

export function textOptions({ color }: Pick<OutputOptions, 'color'>): TextOptions {
  return {
    color: color && wantsColor(),
    unicode: wantsUnicode(),
    columns: process.stdout.columns ?? 100,
  };
}

function isTerminal(): boolean {
  const { CI, TERM } = process.env;
  return process.stdout.isTTY && (CI === undefined || CI === '' || CI === 'false') && TERM !== 'dumb';
}

function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process.stdout.isTTY && TERM !== 'dumb';
}

/** A locale without UTF-8 shows the chart's characters as rubbish. A pipe is given what a file should hold: UTF-8. */
function wantsUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = process.env;
  if (TERM === 'linux') return false;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined
    ? !process.stdout.isTTY || process.platform !== 'linux'
    : /utf-?8/i.test(locale);
}
