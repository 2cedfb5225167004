import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { squarify, type TreemapBox } from '../../../src/present/html/treemap-layout.ts';

test('the example of the paper, step by step', () => {
  // Bruls, Huizing and van Wijk 2000, figure 5: 6, 6, 4, 3, 2, 2, 1 in a rectangle of 6 by 4.
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], 24, { x: 0, y: 0, width: 6, height: 4 });
  const expected: TreemapBox[] = [
    { x: 0, y: 0, width: 3, height: 2 },
    { x: 0, y: 2, width: 3, height: 2 },
    { x: 3, y: 0, width: 12 / 7, height: 7 / 3 },
    { x: 3 + 12 / 7, y: 0, width: 9 / 7, height: 7 / 3 },
    { x: 3, y: 7 / 3, width: 6 / 5, height: 5 / 3 },
    { x: 3 + 6 / 5, y: 7 / 3, width: 6 / 5, height: 5 / 3 },
    { x: 3 + 12 / 5, y: 7 / 3, width: 3 / 5, height: 5 / 3 },
  ];
  expect(boxes).toHaveLength(7);
  for (const [index, box] of boxes.entries()) {
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(box[side]).toBeCloseTo(expected[index]?.[side] ?? Number.NaN, 9);
    }
  }
});

test('whatever the sizes: each as large as it should be, within the frame, and none over another', () => {
  const sizes = fc
    .array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 })
    .map((some) => some.toSorted((a, b) => b - a));
  const sides = fc.record({
    width: fc.double({ min: 1, max: 2000, noNaN: true }),
    height: fc.double({ min: 1, max: 900, noNaN: true }),
  });
  fc.assert(
    fc.property(
      sizes,
      sides,
      fc.double({ min: 1, max: 3, noNaN: true }),
      (some, { width, height }, spare) => {
        const whole = some.reduce((sum, size) => sum + size, 0) * spare;
        const frame = { x: 7, y: 11, width, height };
        const boxes = squarify(some, whole, frame);
        expect(boxes).toHaveLength(some.length);
        const slack = 1e-6 * Math.max(width, height);
        for (const [index, box] of boxes.entries()) {
          const area = ((some[index] ?? 0) / whole) * width * height;
          expect(Math.abs(box.width * box.height - area)).toBeLessThanOrEqual(1e-6 * width * height);
          expect(box.x).toBeGreaterThanOrEqual(7 - slack);
          expect(box.y).toBeGreaterThanOrEqual(11 - slack);
          expect(box.x + box.width).toBeLessThanOrEqual(7 + width + slack);
          expect(box.y + box.height).toBeLessThanOrEqual(11 + height + slack);
          for (const other of boxes.slice(index + 1)) {
            const across = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
            const down = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
            expect(Math.min(across, down)).toBeLessThanOrEqual(slack);
          }
        }
      },
    ),
  );
});

test('equal sizes become near squares, where slices would be slivers', () => {
  const boxes = squarify(
    Array.from({ length: 100 }, () => 1),
    100,
    { x: 0, y: 0, width: 1000, height: 540 },
  );
  const proportions = boxes.map(({ width, height }) => Math.max(width / height, height / width));
  // Slices would all be 54 times as high as wide.
  expect(Math.max(...proportions)).toBeLessThan(3);
});
