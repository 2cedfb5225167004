import { expect, test } from 'vitest';
import { STYLE } from '../../../src/present/html/style.ts';

test('each colour to which a chart appends how opaque it is has six digits, in light, in dark and on paper', () => {
  const colours = [...STYLE.matchAll(/--(?:leak|steady|floor):([^;}]+)/g)].map(([, colour]) => colour);
  expect(colours).toHaveLength(9);
  for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
});
