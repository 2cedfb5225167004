import { expect, test } from 'vitest';
import type { SourceLocation } from '../../../src/core/location.ts';
import { excerptsAt } from '../../../src/diagnose/source/excerpts.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import type { ScriptSource } from '../../../src/diagnose/source/source-reader.ts';

const place = (file: string, line: number, column = 1): SourceLocation => ({
  file,
  line,
  column,
  function: null,
  package: null,
});

/** Scripts of which those named have been read, as the diagnosis would have. */
async function read(
  sources: Readonly<Record<string, Partial<ScriptSource>>>,
  ...urls: string[]
): Promise<Scripts> {
  const scripts = new Scripts({
    read: (url) => {
      const source = sources[url];
      return Promise.resolve(source === undefined ? null : { code: '', map: null, ...source });
    },
  });
  for (const url of urls) await scripts.find(url);
  return scripts;
}

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `const line${index + 1} = 0;`).join('\n');

async function ofFile(code: string, ...places: readonly SourceLocation[]) {
  return excerptsAt(places, await read({ '/app/a.js': { code } }, '/app/a.js'), '/app');
}

test('the line itself with one before and one after', async () => {
  expect(await ofFile(numbered(9), place('a.js', 5))).toEqual([
    {
      file: 'a.js',
      firstLine: 4,
      lines: ['const line4 = 0;', 'const line5 = 0;', 'const line6 = 0;'],
      marked: [5],
    },
  ]);
});

test('at either end of a file there is nothing more', async () => {
  const ends = await ofFile(numbered(9), place('a.js', 1), place('a.js', 9));
  expect(ends.map(({ firstLine, lines }) => [firstLine, lines.length])).toEqual([
    [1, 2],
    [8, 2],
  ]);
});

test('what overlaps or touches is one, in the order of the lines', async () => {
  const shown = async (...lines: readonly number[]) =>
    (await ofFile(numbered(40), ...lines.map((line) => place('a.js', line)))).map(
      ({ firstLine, lines: texts, marked }) => [firstLine, firstLine + texts.length - 1, ...marked],
    );
  expect(await shown(5, 5)).toEqual([[4, 6, 5]]);
  expect(await shown(8, 5)).toEqual([[4, 9, 5, 8]]);
  expect(await shown(5, 9)).toEqual([
    [4, 6, 5],
    [8, 10, 9],
  ]);
});

test('of two that are apart the first place stands first', async () => {
  const shown = await ofFile(numbered(40), place('a.js', 30), place('a.js', 5));
  expect(shown.map(({ marked }) => marked)).toEqual([[30], [5]]);
});

test('what all lines are indented by is left out, tabs are two spaces', async () => {
  const [shown] = await ofFile('    if (a) {\n\n\t\t\t\tb.push(\tc);\n    }', place('a.js', 3));
  expect(shown?.lines).toEqual(['', 'b.push(  c);', '}']);
  const [nested] = await ofFile('\tif (a) {\n\t\tb();\n\t}', place('a.js', 2));
  expect(nested?.lines).toEqual(['if (a) {', '  b();', '}']);
});

test('of a long line the part around the place is shown', async () => {
  const code = `${'a();'.repeat(100)}kept.set(1, 2);${'b();'.repeat(100)}`;
  const [shown] = await ofFile(code, place('a.js', 1, 401));
  expect(shown?.lines[0]).toMatch(/^….*kept\.set\(1, 2\);.*…$/);
  expect(shown?.lines[0]?.length).toBe(162);
  const [atStart] = await ofFile(code, place('a.js', 1, 1));
  expect(atStart?.lines[0]).toMatch(/^a\(\);.*[^…]…$/);
  const [atEnd] = await ofFile(code, place('a.js', 1, code.length));
  expect(atEnd?.lines[0]).toMatch(/^….*b\(\);$/);
});

const map = (sourcesContent: (string | null)[] | undefined): string =>
  JSON.stringify({ version: 3, sources: ['../src/a.ts'], sourcesContent, mappings: 'AAAA', names: [] });

test('of a mapped script the lines are those the developer wrote', async () => {
  const brought = await read(
    { '/app/dist/a.js': { code: 'minified', map: map(['one;\ntwo;']) } },
    '/app/dist/a.js',
  );
  expect(await excerptsAt([place('src/a.ts', 2)], brought, '/app')).toMatchObject([
    { lines: ['one;', 'two;'] },
  ]);
  const beside = await read(
    {
      '/app/dist/a.js': { code: 'minified', map: map(undefined) },
      '/app/src/a.ts': { code: 'eins;\nzwei;' },
    },
    '/app/dist/a.js',
  );
  expect(await excerptsAt([place('src/a.ts', 1)], beside, '/app')).toMatchObject([
    { file: 'src/a.ts', lines: ['eins;', 'zwei;'] },
  ]);
});

test('a file that is not there, or shorter than the place says, has none', async () => {
  const scripts = await read(
    { '/app/a.js': { code: 'one;' }, '/app/b.js': { map: map([null]) } },
    '/app/a.js',
    '/app/b.js',
  );
  const places = [place('a.js', 2), place('gone.js', 1), place('src/a.ts', 1), place('node:net', 1)];
  expect(await excerptsAt(places, scripts, '/app')).toEqual([]);
});
