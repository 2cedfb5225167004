import { createHash } from 'node:crypto';
import type { HeapSummary } from '../../report/heap-summary.ts';
import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { withoutSource } from '../without-source.ts';
import { verdictWord } from '../words.ts';
import { scriptOf } from '../script-name.ts';
import { comparisonMain } from './comparison-main.ts';
import { fileName } from './file-name.ts';
import { heapMain } from './heap-main.ts';
import { documentHtml, element, rawText, type Markup } from './markup.ts';
import { floorChart, memoryChart } from './memory-chart.ts';
import type { PageKind } from './page-kind.ts';
import { reportMain, reportsMain } from './report-main.ts';
import { STYLE } from './style.ts';

export type HtmlOptions = {
  /** Lines of the program's source go into the page; without it there are only names and places. */
  readonly withSource: boolean;
};

/**
 * A report as one file: it opens from a disk, asks the network for nothing and runs no script; its Content Security Policy
 * forbids both. What the watched program chose (names of classes, functions, files) stands in it as text.
 */
export function renderHtml(document: Report | Reports | Comparison, options: HtmlOptions): string {
  const told = sanitizeDocument(options.withSource ? document : withoutSource(document), { unicode: true });
  return pageInFile(titleOf(told), documentMain(told, DRAWN));
}

/** A heap snapshot as one file, of the same kind. */
export function renderHeapHtml(summary: HeapSummary): string {
  const told = sanitizeDocument(summary, { unicode: true });
  return pageInFile(heapTitle(told), heapMain(told, ABOUT_FILE));
}

export function heapTitle({ file }: HeapSummary): string {
  return `${fileName(file)} · leakline`;
}

function pageInFile(title: string, main: Markup): string {
  return documentHtml(
    element(
      'html',
      { lang: 'en' },
      element(
        'head',
        {},
        element('meta', { charset: 'utf-8' }),
        element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy() }),
        element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
        element('meta', { name: 'color-scheme', content: 'light dark' }),
        element('meta', { name: 'referrer', content: 'no-referrer' }),
        element('title', {}, title),
        rawText('style', STYLE),
      ),
      element('body', {}, main),
    ),
  );
}

/** What a page shows of a document whose strings are sanitized. */
export function documentMain(document: Report | Reports | Comparison, kind: PageKind): Markup {
  switch (document.schema) {
    case 'leakline/report@1':
      return reportMain(document, kind);
    case 'leakline/reports@1':
      return reportsMain(document, kind);
    case 'leakline/comparison@1':
      return comparisonMain(document, kind);
  }
}

export function titleOf(document: Report | Reports | Comparison): string {
  switch (document.schema) {
    case 'leakline/report@1': {
      const { command, pid } = document.target;
      const what = command === null ? (document.source?.file ?? 'a process') : scriptOf(command);
      return `${verdictWord(document.verdict.kind)}: ${what}${pid === null ? '' : `, pid ${pid}`} · leakline`;
    }
    case 'leakline/reports@1':
      return `${document.reports.length} reports · leakline`;
    case 'leakline/comparison@1':
      return `${document.sides.map(({ name, report }) => `${name} ${verdictWord(report.verdict.kind)}`).join(', ')} · leakline`;
  }
}

const ABOUT_FILE = 'It runs no script and loads nothing.';

/** The page in a file: pictures that are drawn once. */
const DRAWN: PageKind = {
  charts: { memory: memoryChart, floors: floorChart },
  verdictWord: ({ verdict }) => verdictWord(verdict.kind),
  about: ABOUT_FILE,
};

/** Nothing may be loaded, run or sent; the one style sheet is known by its hash. */
function policy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
