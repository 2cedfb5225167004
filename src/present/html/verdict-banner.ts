import type { Report } from '../../report/schema.ts';
import { glyphsFor } from '../glyphs.ts';
import { plainText } from '../line.ts';
import { verdictParts } from '../verdict-lines.ts';
import type { Heading } from './heading.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import type { PageKind } from './page-kind.ts';

/** The verdict as one reads it first: the word, how fast, how sure, until when, and why. */
export function verdictBanner(report: Report, heading: Heading, kind: PageKind): Markup {
  const word = kind.verdictWord(report);
  const rest = verdictParts(report, glyphsFor(true)).slice(1).map(plainText);
  const hasRate = report.growth.bytesPerSecond !== null;
  const details = hasRate ? rest.slice(1) : rest;
  return classed(
    'header',
    `verdict ${report.verdict.kind}`,
    element(heading, { class: 'word' }, word, hasRate ? [' ', classed('span', 'rate', rest[0] ?? '')] : null),
    bullets('details', details),
    classed('p', 'reason', sentence(report.verdict.reason)),
  );
}

function bullets(className: string, words: readonly string[]): Content {
  return words.length === 0
    ? null
    : classed(
        'ul',
        className,
        words.map((one) => element('li', {}, one)),
      );
}

/** The reason as it stands in the report, with the capital and the stop of a sentence. */
function sentence(reason: string): string {
  const stop = /[.!?]$/.test(reason) ? '' : '.';
  return reason === '' ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${stop}`;
}
