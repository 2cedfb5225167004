import { expect, test } from 'vitest';
import { type Drawing, draw } from '../drawing.ts';
import { growing, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const batches = (bound: string): Drawing =>
  draw(
    '/app/batches.js',
    `const REMEMBERED = ${bound};
const seen = new Map();
function accept(text) {
//             ^^ accept
  const id = text.slice(0, 36);
  if (seen.has(id)) return;
  seen.set(id, Date.now());
  if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value);
//                            ^^ bound
}`,
  );
/** Ten entries come each second and 100 are there. */
const seen = (file: Drawing, elementBytes: number | null = null) =>
  growing('Map', [root('modules'), variable('seen', file.at('accept'))], {
    detail: { elementBytes, elementType: 'undefined' },
  });

test('a bound that is hours away, with what the growth says of each entry', async () => {
  const file = batches('100_000');
  const found = await findingOf(seen(file), [file], { slopeBytesPerSecond: 170_000 });
  expect(found).toMatchObject({
    kind: 'bound-out-of-reach',
    heldBy: { name: 'seen' },
    shouldBeReleased: { location: { line: file.line('bound') } },
  });
  // 99,900 entries are missing: 9,990 s. 170 KB/s are 17 KB for each of ten, and 1.7 GB for all.
  expect(found.explanation).toContain('bounds `seen` at 100,000 entries, which it meets in 2 h 46 min');
  expect(found.explanation).toContain(
    'each entry keeps 17.0 KB, and 100,000 of them 1.70 GB. That may be far more than an entry looks like',
  );
  expect(found.explanation).not.toContain('stops');
});

test('where an entry was seen to be as large as the growth says, nothing is hidden', async () => {
  const file = batches('100_000');
  const found = await findingOf(seen(file, 12_000), [file], { slopeBytesPerSecond: 170_000 });
  expect(found.explanation).toMatch(/each entry keeps 17\.0 KB, and 100,000 of them 1\.70 GB\.$/);
});

test('without a slope nothing is said of bytes', async () => {
  const file = batches('100_000');
  const found = await findingOf(seen(file), [file], { slopeBytesPerSecond: null });
  expect(found.kind).toBe('bound-out-of-reach');
  expect(found.explanation).not.toContain('each entry');
});

test('an hour is where a bound begins to be one', async () => {
  // 36,000 more entries take an hour.
  expect(await kindOf(seen(batches('36_100')), batches('36_100'))).toBe('filling-to-a-bound');
  expect(await kindOf(seen(batches('36_101')), batches('36_101'))).toBe('bound-out-of-reach');
  expect(await kindOf(seen(batches('60 * 1000')), batches('60 * 1000'))).toBe('bound-out-of-reach');
});

test('a bound from elsewhere has no number, so it is not known to be far', async () => {
  const file = batches('Number(process.env.REMEMBERED)');
  expect(await kindOf(seen(file), file)).toBe('filling-to-a-bound');
});
