import { formatDuration } from '../../core/duration.ts';
import { isOver, type LiveSide, type LiveView } from '../../report/live.ts';
import type { HeapSummary } from '../../report/heap-summary.ts';
import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { classed, element, htmlOf, type Content, type Markup } from '../html/markup.ts';
import { heapMain } from '../html/heap-main.ts';
import { documentMain, heapTitle, titleOf } from '../html/page.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { activityWords, verdictWord, verdictWordSoFar } from '../words.ts';
import { ABOUT_PAGE, livePageKind } from './live-page-kind.ts';
import type { PageFrame } from './page-frame.ts';

/** A watch as it is now. `name` is what is being watched. */
export function liveFrame(view: LiveView, name: string): PageFrame {
  const told = sanitizeDocument({ ...view, name }, { unicode: true });
  const document = documentOf(told);
  const activityByReport = new Map(told.sides.map(({ report, activity }) => [report, activity]));
  const strip = classed(
    'p',
    'live',
    told.sides.every(({ activity }) => isOver(activity)) ? null : classed('b', 'now', 'live'),
    ` ${told.sides.map((side) => sideWords(side, told.sides.length)).join(', ')} · ${formatDuration(Math.floor(told.elapsedMs / 1000) * 1000)}`,
  );
  if (document === null) {
    const waiting = element(
      'main',
      {},
      element('h1', {}, told.name),
      element('p', {}, 'Waiting for the first look at the process.'),
    );
    return { title: `${told.name} · leakline`, html: htmlOf([strip, waiting]), plots: [], growths: [] };
  }
  const word = (report: Report): string =>
    verdictWordSoFar(report.verdict.kind, activityByReport.get(report) ?? 'done');
  return frameOf(document, strip, word);
}

/** An answer, or a document that was saved. */
export function documentFrame(document: Report | Reports | Comparison, name: string): PageFrame {
  const told = sanitizeDocument({ document, name }, { unicode: true });
  return frameOf(told.document, classed('p', 'live', told.name), ({ verdict }) => verdictWord(verdict.kind));
}

/** A heap snapshot: nothing of it changes, and nothing of it is drawn by the script. */
export function heapFrame(summary: HeapSummary): PageFrame {
  const told = sanitizeDocument(summary, { unicode: true });
  return { title: heapTitle(told), html: htmlOf(heapMain(told, ABOUT_PAGE)), plots: [], growths: [] };
}

function frameOf(
  document: Report | Reports | Comparison,
  strip: Markup,
  word: (report: Report) => string,
): PageFrame {
  const { kind, facts } = livePageKind(word);
  const content: Content = [strip, documentMain(document, kind)];
  return { title: titleOf(document), html: htmlOf(content), ...facts };
}

/** `null` as long as one of the processes is not open. */
function documentOf({ sides }: LiveView): Report | Comparison | null {
  const opened = sides.flatMap(({ name, report, load }) => (report === null ? [] : [{ name, report, load }]));
  const [only] = opened;
  if (only === undefined || opened.length < sides.length) return null;
  return opened.length === 1
    ? only.report
    : { schema: 'leakline/comparison@1', sides: opened, difference: null, scenario: null };
}

function sideWords({ name, activity }: LiveSide, sides: number): string {
  return sides === 1 ? activityWords(activity) : `${name} ${activityWords(activity)}`;
}
