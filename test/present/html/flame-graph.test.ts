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
    frames: [frame],
  }));
  expect(flameLayout({ ...sampledGrowth(), stacks: many }).boxes.map(({ frame }) => frame)).toEqual([0]);
});

test('a document that somebody wrote draws what can be drawn', () => {
  const long = Array.from({ length: 100_000 }, () => 0);
  const growth = {
    ...sampledGrowth(),
    stacks: [{ liveBytes: 1, lastingBytes: 1, frames: [...long, 99, -1, 0.5] }],
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
  const inUse = { liveBytes: 5, lastingBytes: 0, frames: [6] };
  expect(flameGraph({ sampledGrowth: { ...sampledGrowth(), stacks: [inUse] } })).toBeNull();
});
