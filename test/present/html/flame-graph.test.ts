import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { flameGraph } from '../../../src/present/html/flame-graph.ts';
import { flameLayout } from '../../../src/present/html/flame-layout.ts';
import { renderHtml } from '../../../src/present/html/page.ts';
import type { Report } from '../../../src/report/schema.ts';
import { leakingReport, sampledGrowth } from '../reports.ts';
import { elementsOf, parsePage, textOf } from './parsed-page.ts';

type Growth = NonNullable<Report['sampledGrowth']>;

const stacks: fc.Arbitrary<Growth['stacks']> = fc.array(
  fc.record({
    liveBytes: fc.integer({ min: 0, max: 1000 }),
    lastingBytes: fc.integer({ min: 0, max: 1000 }),
    bytesByAge: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 5, maxLength: 5 }),
    frames: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }),
  }),
  { maxLength: 12 },
);

test('each box is as wide as all stacks that run through it, and lies in its caller without touching another', () => {
  fc.assert(
    fc.property(stacks, (drawn) => {
      const { boxes, bytes } = flameLayout({ ...sampledGrowth(), stacks: drawn });
      expect(bytes).toBe(drawn.reduce((sum, { lastingBytes }) => sum + lastingBytes, 0));
      const pathOf = new Map<(typeof boxes)[number], string>();
      for (const box of boxes) {
        const above = boxes.filter(
          (other) =>
            other.depth === box.depth - 1 &&
            other.from <= box.from + 1e-9 &&
            other.from + other.share >= box.from + box.share - 1e-9,
        );
        expect(above).toHaveLength(box.depth === 0 ? 0 : 1);
        const [caller] = above;
        pathOf.set(box, `${caller === undefined ? '' : pathOf.get(caller)}/${box.frame}`);
        // Counted again without a tree: every stack whose outermost calls are those above the box and the box.
        const through = drawn.filter(({ frames }) =>
          `/${frames.toReversed().join('/')}/`.startsWith(`${pathOf.get(box)}/`),
        );
        expect(box.bytes).toBe(through.reduce((sum, { lastingBytes }) => sum + lastingBytes, 0));
        expect(box.share).toBeCloseTo(box.bytes / bytes, 9);
        const beside = boxes.filter((other) => other !== box && other.depth === box.depth);
        for (const other of beside) {
          expect(
            other.from >= box.from + box.share - 1e-9 || box.from >= other.from + other.share - 1e-9,
          ).toBe(true);
        }
      }
      expect(new Set(pathOf.values()).size).toBe(boxes.length);
    }),
  );
});

test('what is too narrow to be seen is left out, and what is to the right of it stays where it belongs', () => {
  const many = Array.from({ length: 3 }, (_, frame) => ({
    liveBytes: 1,
    lastingBytes: [9_990, 1, 9][frame] ?? 0,
    bytesByAge: [],
    frames: [frame],
  }));
  expect(flameLayout({ ...sampledGrowth(), stacks: many }).boxes.map(({ frame }) => frame)).toEqual([0]);
});

test('a document that somebody wrote draws what can be drawn', () => {
  const long = Array.from({ length: 100_000 }, () => 0);
  const growth = {
    ...sampledGrowth(),
    stacks: [{ liveBytes: 1, lastingBytes: 1, bytesByAge: [1], frames: [...long, 99, -1, 0.5] }],
  };
  expect(flameLayout(growth).depth).toBe(64);
  expect(flameGraph({ sampledGrowth: growth })).not.toBeNull();
  expect(flameGraph({ sampledGrowth: null })).toBeNull();
  expect(flameGraph({ sampledGrowth: { ...growth, stacks: [] } })).toBeNull();
});

test('the page has the graph, and beside it a table with the same figures', () => {
  const page = parsePage(renderHtml(leakingReport(), { withSource: false }));
  const text = textOf(page);
  expect(text).toContain('Allocated from 9 s to 15 s and still alive then: 352 MB');
  // A box says what it is: in the tooltip, and where there is room on its face.
  expect(text).toContain('onTick, src/server.ts:10: 264 MB');
  expect(text).toContain('dataMessage, node_modules/ws/lib/receiver.js:640 in package ws: 14.0 MB');
  // In the table the package's own stack has nobody of the program's, the other one has.
  expect(text.replaceAll(/\s+/g, ' ')).toContain('dataMessage node_modules/ws/lib/receiver.js:640–9.00 MB');
  expect(text).toContain('onMessage');
  expect(text).toContain('94.3 %');
  expect(elementsOf(page, 'figure')).toContain('svg');
});

test('what is only in use is in neither', () => {
  const inUse = { liveBytes: 5, lastingBytes: 0, bytesByAge: [0, 0, 0, 0, 5], frames: [6] };
  expect(flameGraph({ sampledGrowth: { ...sampledGrowth(), stacks: [inUse] } })).toBeNull();
});

test('of a moment only what was allocated there is drawn, each picture with a button and the figures in the table', () => {
  const html = renderHtml(leakingReport(), { withSource: false });
  const page = parsePage(html);
  expect(page.errors).toEqual([]);
  const pictures = [...html.matchAll(/<svg class="flame (part-\w+)"[^>]*aria-label="([^"]+)"/g)];
  expect(pictures.map(([, name, words]) => `${name}: ${words?.split(',')[0]}`)).toEqual([
    'part-all: Flame graph of 280 MB that stayed',
    'part-0: Flame graph of 73.0 MB allocated from 9.4 to 10.6 s',
    'part-1: Flame graph of 70.0 MB allocated from 10.6 to 11.8 s',
    'part-2: Flame graph of 68.0 MB allocated from 11.8 to 13.0 s',
    'part-3: Flame graph of 69.0 MB allocated from 13.0 to 14.2 s',
    'part-4: Flame graph of 72.0 MB allocated from 14.2 to 15.4 s',
  ]);
  const buttons = [...html.matchAll(/<input type="radio" name="([^"]+)" class="(part-\w+)"( checked="")?>/g)];
  expect(buttons.map((button) => button[2])).toEqual(pictures.map((picture) => picture[1]));
  expect(buttons.map((button) => button[3] !== undefined)).toEqual([true, false, false, false, false, false]);
  expect(new Set(buttons.map((button) => button[1])).size).toBe(1);
  // What is made once is in one picture.
  expect(textOf(page)).toContain('5.00 MB · 0 B · 0 B · 0 B · 1.00 MB');
});

test('the layout of a moment counts what the moment has', () => {
  fc.assert(
    fc.property(stacks, fc.nat({ max: 4 }), (drawn, part) => {
      const { boxes, bytes } = flameLayout(
        { ...sampledGrowth(), stacks: drawn },
        ({ bytesByAge }) => bytesByAge[part] ?? 0,
        0,
      );
      expect(bytes).toBe(drawn.reduce((sum, { bytesByAge }) => sum + (bytesByAge[part] ?? 0), 0));
      const outermost = boxes.filter(({ depth }) => depth === 0);
      expect(outermost.reduce((sum, box) => sum + box.bytes, 0)).toBe(bytes);
    }),
  );
});

test('where the moments are not told there is one picture and no button', () => {
  const growth = sampledGrowth();
  const stacksOfBefore = growth.stacks.map((stack) => ({ ...stack, bytesByAge: [] }));
  const html = renderHtml(leakingReport({ sampledGrowth: { ...growth, stacks: stacksOfBefore } }), {
    withSource: false,
  });
  expect(html.match(/<svg class="flame /g)).toHaveLength(1);
  expect(html).not.toContain('<input');
  expect(html).not.toContain('in each fifth');
});
