import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBytes } from '../../../src/core/bytes.ts';
import { htmlOf } from '../../../src/present/html/markup.ts';
import { firstMoments, growthFigure } from '../../../web/growth-figure.ts';
import { MARKUP_ATTACKS } from '../hostile-names.ts';
import { leakingReport, sampledGrowth, withHostileText } from '../reports.ts';
import { elementsOf, parsePage, skeletonOf, textOf } from './parsed-page.ts';

const growth = sampledGrowth();
const figureOf = (facts: typeof growth, from: number, until: number): string =>
  htmlOf(growthFigure(facts, { from, until }));

const moments = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 }))
  .filter(([from, until]) => from < until);

test('between two moments what was allocated in each fifth between them is summed up, in the picture and in the table', () => {
  fc.assert(
    fc.property(moments, ([from, until]) => {
      const text = textOf(parsePage(figureOf(growth, from, until)));
      let whole = 0;
      for (const { bytesByAge } of growth.stacks) {
        let bytes = 0;
        for (let fifth = from; fifth < until; fifth += 1) bytes += bytesByAge[fifth] ?? 0;
        if (bytes > 0) expect(text).toContain(formatBytes(bytes));
        whole += bytes;
      }
      expect(text).toContain(`Drawn: ${formatBytes(whole)} allocated from`);
    }),
  );
});

test('at first it is what outlived the last fifth, and every other pair of moments can be chosen', () => {
  expect(firstMoments(growth)).toEqual({ from: 0, until: 4 });
  const html = figureOf(growth, 0, 4);
  expect(
    [...html.matchAll(/<option value="(\d)"( selected="")?>([^<]+)</g)].map(
      ([, value, chosen, words]) => `${value} ${words}${chosen === undefined ? '' : ' *'}`,
    ),
  ).toEqual([
    '0 9.4 s *',
    '1 10.6 s',
    '2 11.8 s',
    '3 13.0 s',
    '4 14.2 s',
    '1 10.6 s',
    '2 11.8 s',
    '3 13.0 s',
    '4 14.2 s *',
    '5 15.4 s',
  ]);
});

test('where the moments are not told there is nothing to choose, and what outlived the last fifth is drawn', () => {
  const untold = { ...growth, stacks: growth.stacks.map((stack) => ({ ...stack, bytesByAge: [] })) };
  const html = htmlOf(growthFigure(untold, firstMoments(untold)));
  expect(html).not.toContain('<select');
  expect(textOf(parsePage(html))).toContain('Drawn: 280 MB that outlived the last fifth.');
});

test('names of the watched program make no element and no attribute', () => {
  const hostile = (attack: string): typeof growth => {
    const { sampledGrowth: told } = withHostileText(leakingReport(), attack);
    if (told === null) throw new Error('the report has sampled growth');
    return told;
  };
  const skeleton = skeletonOf(parsePage(figureOf(hostile('x'), 0, 5)));
  expect(elementsOf(parsePage(figureOf(growth, 0, 5)))).toContain('option');
  for (const attack of MARKUP_ATTACKS) {
    expect(skeletonOf(parsePage(figureOf(hostile(attack), 0, 5)))).toEqual(skeleton);
  }
});
