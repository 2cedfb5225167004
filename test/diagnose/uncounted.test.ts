import { expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { DiagnoseContext } from '../../src/diagnose/growing-container.ts';
import { draw, type Drawing, sourcesOf } from './drawing.ts';
import { context, growing, root, variable } from './growing.ts';

const file = draw(
  '/app/pages.js',
  `const pages = {};
//    ^^ held
function add(key) { pages[key] = { key }; }
//                  ^^ add
const seen = new Map();
function see(key) { seen.set(key, 1); }
//                  ^^ see`,
);

function found(drawing: Drawing, more: Partial<DiagnoseContext> = {}): Promise<Finding[]> {
  const { detail } = growing('Object', [root('modules'), variable('pages', drawing.at('add'))], {
    detail: { size: 280_000, elementType: 'Page' },
  });
  return diagnose([], context(sourcesOf(drawing), { uncounted: [detail], ...more }));
}

test('what is too large to be counted is told where the heap grows and nothing else explains it', async () => {
  const [finding, ...others] = await found(file);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'too-large-to-count',
    heldBy: { name: 'pages', location: { file: 'pages.js', line: 1 } },
    addedAt: { location: { file: 'pages.js', line: 3 } },
    retained: { type: 'Page', count: 280_000, growthPerSecond: null, bytesPerSecond: null },
  });
  expect(finding.explanation).toContain('280000 entries');
  expect(finding.explanation).toContain('84 ms');
});

test('what is bounded by its text is no suspect', async () => {
  const withEnd = (end: string): Drawing =>
    draw(
      '/app/pages.js',
      `let pages = {};
function add(key) {
  pages[key] = { key };
//^^ add
  ${end}
}`,
    );
  expect(await found(withEnd(''))).toHaveLength(1);
  expect(await found(withEnd('if (Object.keys(pages).length > 500_000) pages = {};'))).toEqual([]);
});

test('a table that is filled while its file is loaded is no suspect, nor is one of a package', async () => {
  const table = draw(
    '/app/pages.js',
    `const pages = {};
for (let key = 0; key < 200_000; key += 1) pages[key] = { key };
//                                         ^^ add`,
  );
  expect(await found(table)).toEqual([]);
  const ofPackage = draw(
    '/app/node_modules/pages/index.js',
    `const pages = {};
function add(key) { pages[key] = { key }; }
//                  ^^ add`,
  );
  expect(await found(ofPackage)).toEqual([]);
});

test('where the text takes something out it is less sure', async () => {
  const deleting = draw(
    '/app/pages.js',
    `const pages = {};
function add(key) { pages[key] = { key }; }
//                  ^^ add
function drop(key) { delete pages[key]; }`,
  );
  const [sure] = await found(file);
  const [unsure] = await found(deleting);
  expect(unsure.confidence).toBeLessThan(sure.confidence);
  expect(unsure.explanation).toContain('delete pages');
});

test('it is not told where what was measured explains the growth, nor while nothing grows', async () => {
  const measured = growing('Map', [root('modules'), variable('seen', file.at('see'))], {
    detail: { elementBytes: 1000 },
  });
  const { detail } = growing('Object', [root('modules'), variable('pages', file.at('add'))]);
  const facts = context(sourcesOf(file), { uncounted: [detail] });
  const kinds = async (slope: number): Promise<string[]> =>
    (await diagnose([measured], { ...facts, slopeBytesPerSecond: slope })).map(({ kind }) => kind);
  // The Map gains 10 entries of 1000 bytes a second, and sizes are right within a factor of three.
  expect(await kinds(29_000)).not.toContain('too-large-to-count');
  expect(await kinds(31_000)).toContain('too-large-to-count');
  expect(await found(file, { slopeBytesPerSecond: null })).toEqual([]);
  expect(await found(file, { space: 'external' })).toEqual([]);
});
