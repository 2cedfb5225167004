import { describe, expect, test } from 'vitest';
import { renderHeapHtml } from '../../../src/present/html/page.ts';
import { heapSummary } from '../heaps.ts';
import { elementsOf, parsePage, textOf } from './parsed-page.ts';

describe('a heap snapshot as a page', () => {
  test('every box has its words, and the table has the same figures', () => {
    const page = parsePage(renderHeapHtml(heapSummary()));
    const text = textOf(page);
    expect(page.errors).toEqual([]);
    expect(text).toContain('sessions: Map: 46.0 MB, 57.8 %');
    expect(text).toContain('routeCache: Map: 12.0 MB');
    const names = elementsOf(page);
    // One for the whole.
    expect(names.filter((name) => name === 'rect').length).toBe(1 + 18);
    // One is the page's own.
    expect(names.filter((name) => name === 'title').length).toBe(1 + 18);
    expect(text).toContain('The figures of this picture as a table');
    expect(elementsOf(page, 'details').filter((name) => name === 'tr').length).toBe(1 + 18);
  });

  test('the page does not say in which folder the file lay', () => {
    const html = renderHeapHtml({ ...heapSummary(), file: '/home/ada/secret project/Heap.1.heapsnapshot' });
    expect(textOf(parsePage(html))).toContain('Heap.1.heapsnapshot');
    expect(html).not.toMatch(/ada|secret/);
  });

  test('no box lies outside of the picture, and the free part of a box is there', () => {
    const boxes = [
      ...renderHeapHtml(heapSummary()).matchAll(
        /x="([\d.]+)%" y="([\d.]+)" width="([\d.]+)%" height="([\d.]+)"/g,
      ),
    ];
    expect(boxes.length).toBe(18);
    for (const box of boxes) {
      const [x = 0, y = 0, width = 0, height = 0] = box.slice(1).map(Number);
      expect(x + width).toBeLessThanOrEqual(100.001);
      expect(y + height).toBeLessThanOrEqual(540.1);
    }
  });

  test('no text of the snapshot is on it', () => {
    const html = renderHeapHtml(heapSummary());
    expect(html).not.toContain('hunter2');
    expect(html).not.toMatch(/<(script|img|a|form|button)\b/);
  });

  test('without a tree there is no picture, and the tables are there', () => {
    const text = textOf(parsePage(renderHeapHtml({ ...heapSummary(), tree: null })));
    expect(text).not.toContain('boxes');
    expect(text).toContain('Keep most alive');
  });

  test('of an empty heap nothing is divided by nothing', () => {
    const empty = {
      ...heapSummary(),
      selfBytes: 0,
      largest: [],
      classes: [],
      tree: { retainedBytes: 0, tiles: [] },
    };
    expect(renderHeapHtml(empty)).not.toMatch(/NaN|Infinity/);
  });
});
