import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataBlock, documentHtml, element } from '../../../src/present/html/markup.ts';
import { hostileText } from '../hostile.ts';
import { MARKUP_ATTACKS } from '../hostile-names.ts';
import { elementsOf, factsTextOf, parsePage } from './parsed-page.ts';

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
