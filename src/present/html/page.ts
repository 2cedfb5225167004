import { createHash } from 'node:crypto';
import type { HeapSummary } from '../../report/heap-summary.ts';
import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { fileName } from '../file-name.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { withoutSource } from '../without-source.ts';
import { verdictWord } from '../words.ts';
import { scriptOf } from '../script-name.ts';
import { comparisonMain } from './comparison-main.ts';
import { heapMain } from './heap-main.ts';
import { CHART_STYLE, FILE_STYLE } from './chart-style.ts';
import { flameGraph } from './flame-graph.ts';
import { dataBlock, documentHtml, element, rawText, type Markup } from './markup.ts';
import { floorChart, memoryChart } from './memory-chart.ts';
import type { PageKind } from './page-kind.ts';
import { reportMain, reportsMain } from './report-main.ts';
import type { ScriptFacts } from './script-facts.ts';
import { scriptedParts } from './scripted-parts.ts';
import { STYLE } from './style.ts';

export type HtmlOptions = {
  /** Lines of the program's source go into the page; without it there are only names and places. */
  readonly withSource: boolean;
  /** The text of `dist/file-page.js`, by which its pictures answer to mouse and keys; without it the page runs nothing. */
  readonly script?: string | undefined;
};

/**
 * A report as one file: it opens from a disk, asks the network for nothing and runs nothing but the one script it was given; its Content
 * Security Policy forbids all else. Without scripts all is drawn too. What the watched program chose (names of classes, functions,
 * files) stands in it as text.
 */
export function renderHtml(document: Report | Reports | Comparison, options: HtmlOptions): string {
  const told = sanitizeDocument(options.withSource ? document : withoutSource(document), { unicode: true });
  const { script = null } = options;
  if (script === null) return pageInFile(titleOf(told), documentMain(told, DRAWN), null);
  const { facts, memory, floors, growth } = scriptedParts();
  const main = documentMain(told, {
    ...DRAWN,
    charts: {
      memory: (report, scale) => [memoryChart(report, scale), memory(report, scale)],
      floors: (report, scale, above) => [floorChart(report, scale), floors(report, scale, above)],
      growth: (report) => {
        const drawn = flameGraph(report);
        return drawn === null || report.sampledGrowth === null
          ? null
          : growth(report, report.sampledGrowth, drawn);
      },
    },
    about: ABOUT_SCRIPTED_FILE,
  });
  return pageInFile(titleOf(told), main, { script, facts });
}

/** A heap snapshot as one file, of the same kind. */
export function renderHeapHtml(summary: HeapSummary, script: string | null = null): string {
  const told = sanitizeDocument(summary, { unicode: true });
  const about = script === null ? ABOUT_FILE : ABOUT_SCRIPTED_FILE;
  const live = script === null ? null : { script, facts: scriptedParts().facts };
  return pageInFile(heapTitle(told), heapMain(told, about), live);
}

export function heapTitle({ file }: HeapSummary): string {
  return `${fileName(file)} · leakline`;
}

function pageInFile(title: string, main: Markup, live: LivePart | null): string {
  return documentHtml(
    element(
      'html',
      { lang: 'en' },
      element(
        'head',
        {},
        element('meta', { charset: 'utf-8' }),
        element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy(live) }),
        element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
        element('meta', { name: 'color-scheme', content: 'light dark' }),
        element('meta', { name: 'referrer', content: 'no-referrer' }),
        element('title', {}, title),
        rawText('style', STYLE_OF_FILE),
      ),
      element(
        'body',
        {},
        main,
        live === null ? null : [dataBlock('facts', live.facts), rawText('script', live.script)],
      ),
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
      const log = document.source === null ? 'a process' : fileName(document.source.file);
      const what = command === null ? log : scriptOf(command);
      return `${verdictWord(document.verdict.kind)}: ${what}${pid === null ? '' : `, pid ${pid}`} · leakline`;
    }
    case 'leakline/reports@1':
      return `${document.reports.length} reports · leakline`;
    case 'leakline/comparison@1':
      return `${document.sides.map(({ name, report }) => `${name} ${verdictWord(report.verdict.kind)}`).join(', ')} · leakline`;
  }
}

const ABOUT_FILE = 'It runs no script and loads nothing.';
const ABOUT_SCRIPTED_FILE =
  'Its one script makes the pictures answer to mouse and keys; it loads and sends nothing.';

/** The page in a file, without its script: pictures that are drawn once. */
const DRAWN: PageKind = {
  charts: { memory: memoryChart, floors: floorChart, growth: flameGraph },
  verdictWord: ({ verdict }) => verdictWord(verdict.kind),
  about: ABOUT_FILE,
};

/** What moves in a page, where scripts run. */
type LivePart = { readonly script: string; readonly facts: ScriptFacts };

const STYLE_OF_FILE = STYLE + CHART_STYLE + FILE_STYLE;

/** Nothing may be loaded or sent, and nothing run or styled but what is known by its hash. */
function policy(live: LivePart | null): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = live === null ? '' : `script-src ${hash(live.script)}; `;
  return `default-src 'none'; ${script}style-src ${hash(STYLE_OF_FILE)}; base-uri 'none'; form-action 'none'`;
}
