import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredMemberAt, declaredVariable } from '../../../src/diagnose/source/declarations.ts';
import {
  originalFrame,
  originalLocation,
  packageOf,
  readablePath,
} from '../../../src/diagnose/source/original-location.ts';
import { offsetAt, placeOf, Scripts } from '../../../src/diagnose/source/script.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';

const store = draw(
  'store.ts',
  `export type Draft = { readonly id: string };

export const draftsByAuthor = new Map<string, Draft>();
//           ^^ map
`,
);
const server = draw(
  'server.ts',
  `import { draftsByAuthor, type Draft } from './store.ts';

interface Options { readonly limit: number }

class Autosaver {
  private readonly pending: Draft[] = [];
//                 ^^ field
  constructor(private readonly options: Options) {}
  keep(draft: Draft): void {
    if (this.pending.length > this.options.limit) throw new Error('full');
    this.pending.push(draft);
//               ^^ push
    draftsByAuthor.set(draft.id, draft);
//                 ^^ set
  }
}

export const keeper = new Autosaver({ limit: 10 });
export function save(text: string): void {
  keeper.keep({ id: text });
}
`,
);

type Built = { readonly code: string; readonly map: string };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakline-maps-'));
  for (const file of [store, server]) await writeFile(join(folder, file.url), file.code);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bundle(minify: boolean): Promise<Built> {
  const build = await rolldown({ input: join(folder, 'server.ts'), logLevel: 'silent' });
  const { output } = await build.generate({ sourcemap: true, minify, file: join(folder, 'dist/server.js') });
  await build.close();
  const [chunk] = output;
  return { code: chunk.code, map: JSON.stringify(chunk.map) };
}

describe.each([
  ['bundled', false],
  ['bundled and minified', true],
])('TypeScript, %s', (_, minify) => {
  let built: Built;
  let scripts: Scripts;
  const url = () => join(folder, 'dist/server.js');
  beforeAll(async () => {
    built = await bundle(minify);
    scripts = new Scripts(sourcesOf({ url: url(), ...built }));
  });
  const placed = async (text: string) => {
    const script = await scripts.find(url());
    if (script === null) throw new Error('no script');
    const offset = built.code.indexOf(text);
    expect(offset).toBeGreaterThan(0);
    return originalLocation({ script, offset: offset + text.length - 1 }, folder);
  };

  test('a call comes out on its line, its column and in its method', async () => {
    expect(await placed('.pending.p')).toMatchObject(location(server, 'push', 'Autosaver.keep'));
    expect(await placed('.set')).toMatchObject({ file: 'server.ts', line: server.line('set') });
  });

  test('a variable comes out on its line and under its own name', async () => {
    // From where the bundled text says `.set(`, the way V8 would be asked: by the name the bundle has.
    const offset = built.code.indexOf('.set(');
    const name = /([\w$]+)$/.exec(built.code.slice(0, offset))?.[1] ?? '';
    if (minify) expect(name).not.toBe('draftsByAuthor');
    const script = await scripts.find(url());
    if (script === null) throw new Error('no script');
    const line = built.code.slice(0, offset).split('\n').length - 1;
    const column = offset - (built.code.lastIndexOf('\n', offset) + 1);
    expect(offsetAt(script, line, column)).toBe(offset);
    const at = { url: url(), line, column, function: null };
    const declared = await declaredVariable(scripts, at, name, 'Module');
    expect(declared?.name).toBe('draftsByAuthor');
    expect(declared && originalLocation(placeOf(declared.script, declared.node), folder)).toMatchObject({
      file: 'store.ts',
      line: store.line('map'),
      function: null,
      package: null,
    });
  });

  test('a frame whose function the minifier renamed has its old name', async () => {
    const offset = built.code.indexOf('.keep(');
    const frame = {
      url: url(),
      line: built.code.slice(0, offset).split('\n').length - 1,
      column: offset - (built.code.lastIndexOf('\n', offset) + 1),
      function: 'e',
    };
    expect(await originalFrame(frame, scripts, folder)).toMatchObject({
      file: 'server.ts',
      function: 'save',
    });
  });
});

function location(file: Drawing, label: string, name: string | null): object {
  const { column } = file.at(label);
  return { file: file.url, line: file.line(label), column: column + 1, function: name, package: null };
}

describe('maps as they come', () => {
  // One line of code, one segment: column 0 of line 1 comes from line 5 (index 4), column 2, of the first source.
  const segment = 'AAIE';
  const placedWith = async (map: object | string, url = '/app/dist/a.js', mapUrl?: string) => {
    const json = typeof map === 'string' ? map : JSON.stringify(map);
    const source = { url, code: 'const kept = [];', map: json, ...(mapUrl !== undefined && { mapUrl }) };
    const script = await new Scripts(sourcesOf(source)).find(url);
    if (script === null) throw new Error('no script');
    return originalLocation({ script, offset: 0 }, '/app');
  };
  const base = { version: 3, names: [], mappings: segment };

  test.each([
    ['relative to the script', { ...base, sources: ['../src/a.ts'] }, 'src/a.ts'],
    ['below a source root', { ...base, sourceRoot: '../lib/', sources: ['a.ts'] }, 'lib/a.ts'],
    ['a file URL', { ...base, sources: ['file:///app/src/a%20b.ts'] }, 'src/a b.ts'],
    ['an absolute path elsewhere', { ...base, sources: ['/elsewhere/a.ts'] }, '/elsewhere/a.ts'],
    ['of webpack', { ...base, sources: ['webpack://my-app/./src/a.ts?4f1a'] }, 'src/a.ts'],
    ['in sections', sections({ ...base, sources: ['../src/a.ts'] }), 'src/a.ts'],
    ['with a guard in front', `)]}'\n${JSON.stringify({ ...base, sources: ['../src/a.ts'] })}`, 'src/a.ts'],
  ])('a source %s', async (_, map, file) => {
    expect(await placedWith(map)).toMatchObject({ file, line: 5, column: 3 });
  });

  test('a map in another folder has its sources there', async () => {
    const map = { ...base, sources: ['a.ts'] };
    expect((await placedWith(map, '/app/dist/a.js', '/app/maps/a.js.map')).file).toBe('maps/a.ts');
  });

  test('a map that is broken, or knows nothing of the place, leaves the line of the script', async () => {
    const own = { file: 'dist/a.js', line: 1, column: 1 };
    expect(await placedWith('{ broken')).toMatchObject(own);
    expect(await placedWith({ ...base, mappings: '', sources: ['a.ts'] })).toMatchObject(own);
    expect(await placedWith({ ...base, mappings: segment, sources: [null] })).toMatchObject(own);
  });

  test.each([
    ['the map', { names: ['#series'], mappings: 'QAIEA' }],
    ['a map without the sign', { names: ['series'], mappings: 'QAIEA' }],
    ['the original text', { names: [], mappings: 'QAIE' }],
  ])('a private field has the name that %s gives it', async (_, map) => {
    const sourcesContent = ['export class Histogram {\n\n\n\n  #series = new Map();\n}'];
    const json = JSON.stringify({ ...base, ...map, sources: ['a.ts'], sourcesContent });
    const reader = sourcesOf({ url: '/app/a.js', code: 'class a{#t=new Map;constructor(){}}', map: json });
    const at = { url: '/app/a.js', line: 0, column: 30, function: null };
    expect((await declaredMemberAt(new Scripts(reader), at, '#t'))?.name).toBe('#series');
  });

  test('the original text gives the name where the map has none', async () => {
    const source = 'import "x";\n\n\n\n  kept: 1,';
    const map = JSON.stringify({ ...base, sources: ['a.ts'], sourcesContent: [source] });
    // Column 6 of the code is the name; the map's segment must stand there.
    const moved = map.replace(`"${segment}"`, '"MAIE"');
    const reader = sourcesOf({ url: '/app/a.js', code: 'const e = [];\nconst use = () => e;', map: moved });
    const at = { url: '/app/a.js', line: 1, column: 12, function: null };
    expect((await declaredVariable(new Scripts(reader), at, 'e', 'Module'))?.name).toBe('kept');
  });
});

function sections(map: object): object {
  return { version: 3, sections: [{ offset: { line: 0, column: 0 }, map }] };
}

test.each([
  ['/app/node_modules/ws/lib/sender.js', 'ws'],
  ['file:///app/node_modules/@scope/name/dist/a.js', '@scope/name'],
  ['/app/node_modules/a/node_modules/b/c.js', 'b'],
  ['/app/node_modules/.pnpm/ws@8.18.0/node_modules/ws/index.js', 'ws'],
  ['C:\\app\\node_modules\\@scope\\name\\a.js', '@scope/name'],
  ['../node_modules/express/lib/router.js', 'express'],
  ['/app/src/node_modules.js', null],
  ['/app/src/server.ts', null],
  ['node:internal/timers', null],
])('%s belongs to %s', (file, name) => expect(packageOf(file)).toBe(name));

test.each([
  ['/app/src/a.ts', '/app', 'src/a.ts'],
  ['/app/src/../lib/./a.ts', '/app/', 'lib/a.ts'],
  ['/apparel/a.ts', '/app', '/apparel/a.ts'],
  ['file:///C:/app/a.ts', 'C:\\app', 'a.ts'],
  ['C:\\app\\src\\a.ts', 'C:\\app', 'src/a.ts'],
  ['node:internal/timers', '/app', 'node:internal/timers'],
  ['/app/a%20b.js', '/app', 'a%20b.js'],
])('%s from %s reads %s', (url, directory, path) => expect(readablePath(url, directory)).toBe(path));

test("a frame of Node's own, and one whose file is gone, keep what V8 says", async () => {
  const scripts = new Scripts(sourcesOf());
  const frame = { url: '/app/gone.js', line: 4, column: 2, function: 'f' };
  const kept = { file: 'gone.js', line: 5, column: 3, function: 'f', package: null };
  expect(await originalFrame(frame, scripts, '/app')).toEqual(kept);
});
