import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProgramTexts } from '../../src/session/program-texts.ts';

const LATER = Date.now() + 3_600_000;
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'texts-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, code = 'exports.a = () => 1;\n'): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), code);
  return join(folder, name);
}

async function readAll(main: string | null, { startedMs = LATER, loaded = [] as string[] } = {}) {
  const texts = new ProgramTexts(main, folder, () => startedMs);
  await texts.readLoaded(loaded);
  for (let more = true; more; ) more = await texts.readMore();
  return { isWhole: texts.isWhole, names: texts.texts.map(({ url }) => url.replace(/^.*\//, '')).toSorted() };
}

test('the main file, what it names, and the program’s folder are read', async () => {
  write('package.json', '{"type":"module"}');
  const main = write('main.mjs', "import './lib/a.js';\nimport { b } from 'b';\n");
  write('lib/a.js');
  write('elsewhere.js');
  write('node_modules/b/package.json', '{"type":"module"}');
  write('node_modules/b/index.js');
  write('node_modules/c/index.js');
  expect(await readAll(main)).toEqual({
    isWhole: true,
    names: ['a.js', 'elsewhere.js', 'index.js', 'main.mjs'],
  });
});

test.each<[string, () => Promise<{ isWhole: boolean }>]>([
  ['nothing was started by name', () => readAll(null)],
  ['the main file is gone', () => readAll(join(folder, 'gone.mjs'))],
  ['a file was changed later', () => readAll(write('main.mjs'), { startedMs: Date.now() - 60_000 })],
  [
    'a file that was loaded is gone',
    () => readAll(write('main.mjs'), { loaded: [join(folder, 'node_modules/gone.js')] }),
  ],
  [
    'a file of another language was loaded',
    () => readAll(write('main.mjs'), { loaded: [write('views/page.coffee')] }),
  ],
  [
    'a bundle has modules to evaluate',
    () => readAll(write('main.js', 'eval("exports.a = 1\\n//# sourceURL=webpack-internal:///./a.js")')),
  ],
])('it is not whole where %s', async (_, read) => {
  expect((await read()).isWhole).toBe(false);
});

test('what is loaded beside JavaScript, and what was read before, are no lack', async () => {
  const main = write('main.cjs');
  const data = write('data.json', '{}');
  const texts = new ProgramTexts(main, folder, () => LATER);
  await texts.readLoaded([main]);
  await texts.readLoaded([main, data, write('late.js')]);
  expect(texts.isWhole).toBe(true);
  expect(texts.texts).toHaveLength(2);
});
