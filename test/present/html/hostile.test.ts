import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataBlock, documentHtml, element } from '../../../src/present/html/markup.ts';
import { renderHtml } from '../../../src/present/html/page.ts';
import { sanitize } from '../../../src/present/sanitize.ts';
import type { Comparison, Report } from '../../../src/report/schema.ts';
import { hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import { MARKUP_ATTACKS } from '../hostile-markup.ts';
import {
  labComparison,
  labSides,
  leakingReport,
  operation,
  packageFinding,
  residentMemory,
  sessionsFinding,
  snapshotReport,
  unexplainedReport,
  withHostileText,
} from '../reports.ts';
import { attributesOf, elementsOf, factsTextOf, parsePage, skeletonOf, textOf } from './parsed-page.ts';

// A parser of HTML is the judge: whatever the names are, it must find the same elements with the same attributes.
const skeleton = skeletonOf(parsePage(pageWith('x')));

describe('names of the watched program make no element and no attribute', () => {
  test.each(MARKUP_ATTACKS)('%j', (attack) => {
    expectHarmless(attack);
  });
  test('nor does anything else that Unicode has', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.constantFrom(...MARKUP_ATTACKS), fc.string()), (attack) => {
        expectHarmless(attack);
      }),
      { numRuns: 60 },
    );
  });
  test('in both sides of a comparison', () => {
    for (const attack of MARKUP_ATTACKS) {
      const page = parsePage(renderHtml(comparisonWith(attack), { withSource: true }));
      expect(skeletonOf(page)).toEqual(
        skeletonOf(parsePage(renderHtml(comparisonWith('x'), { withSource: true }))),
      );
      expect(textOf(page)).toContain(sanitize(`left${attack}`, { unicode: true }));
    }
  });
});

describe('what the script of the page is told is data, whatever it holds', () => {
  const read = (facts: unknown): unknown => {
    const page = parsePage(
      documentHtml(
        element(
          'html',
          {},
          element('head', {}, element('title', {}, 'x')),
          element('body', {}, dataBlock('facts', facts)),
        ),
      ),
    );
    expect(page.errors).toEqual([]);
    expect(elementsOf(page)).toEqual(['html', 'head', 'title', 'body', 'script']);
    const text = factsTextOf(page) ?? '';
    expect(text).toMatch(/^[ -~]*$/);
    expect(text).not.toMatch(/[<>&]/);
    return JSON.parse(text);
  };
  test.each(MARKUP_ATTACKS)('%j', (attack) => {
    expect(read({ [attack]: [attack] })).toEqual({ [attack]: [attack] });
  });
  test('and anything else that Unicode has', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), (text) => {
        expect(read([text])).toEqual([text]);
      }),
    );
  });
});

test('the judge can condemn: an element that is let through is seen', () => {
  const html = pageWith('x').replace('sessionsx', '<img src=x onerror=alert(1)>');
  expect(skeletonOf(parsePage(html))).not.toEqual(skeleton);
});

function expectHarmless(attack: string): void {
  const page = parsePage(pageWith(attack));
  expect(page.errors).toEqual([]);
  expect(skeletonOf(page)).toEqual(skeleton);
  // What is a name stays one: read back it is the name, with escapes for what can't be seen.
  const shown = (text: string): string => sanitize(`${text}${attack}${text}`, { unicode: true });
  const text = textOf(page);
  for (const name of [
    'sessions',
    'connection listener',
    'WebSocket',
    'history',
    'the interval in onConnection',
    'routeCache',
  ]) {
    expect(text).toContain(shown(name));
  }
  expect(text).toContain(`${shown('src/server.ts')}:6`);
  expect(text).toContain(shown('createDebug.instances.push(debug);'));
  // No place tells attributes apart but the parser; the policy and the style are not touched by a name.
  const visible = attributesOf(page).map(({ value }) => value);
  for (const words of [text, ...visible]) expect(words.replaceAll('\n', '')).not.toMatch(OBEYED_BY_TERMINALS);
}

function pageWith(attack: string): string {
  return renderHtml(reportWith(attack), { withSource: true, script: '/* what reads the data */' });
}

/** Everything a report can hold, with the attack in every text that the target could have written. */
function reportWith(attack: string): Report {
  const report = leakingReport({
    findings: [sessionsFinding(), packageFinding()],
    account: unexplainedReport().account,
    isolates: [unexplainedReport()],
    residentMemory: { first: residentMemory(0, 0), last: residentMemory(20_000, 90e6) },
    growth: {
      ...leakingReport().growth,
      perOperation: [
        operation('jobs', { bytes: 8_000, interval: [7_000, 9_000], effect: 'some' }),
        operation('mails', { bytes: 8_000, interval: [0, 9_000], inseparableFrom: ['http request', 'time'] }),
      ],
    },
    notes: ['A note.'],
  });
  const { snapshot } = snapshotReport();
  return { ...withHostileText({ ...report, snapshot }, attack), schema: 'leakline/report@1' };
}

function comparisonWith(attack: string): Comparison {
  const sides = labSides(reportWith(attack)).map((side) => ({ ...side, name: `left${attack}` }));
  const scenario = { name: `story${attack}`, clients: 7, items: 1 };
  return { ...labComparison(sides), scenario };
}
