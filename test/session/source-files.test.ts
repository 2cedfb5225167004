import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { sourceFiles } from '../../src/session/source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'source-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const map = '{"version":3,"sources":["a.ts"],"mappings":""}';

test('a map is found by its comment, by its data URL, and beside the script without either', async () => {
  const reader = sourceFiles();
  write('maps.json', map);
  const named = write('named.js', 'f();\n//# sourceMappingURL=maps.json\n');
  const inline = write(
    'inline.js',
    `f();\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`,
  );
  const beside = write('beside.js', 'f();');
  write('beside.js.map', map);
  for (const path of [named, inline, beside]) expect((await reader.read(path))?.map).toBe(map);
  expect((await reader.read(named))?.mapUrl).toBe(join(folder, 'maps.json'));
});

test('the last comment counts', async () => {
  write('right.json', map);
  const path = write('two.js', '//# sourceMappingURL=wrong.json\nf();\n//# sourceMappingURL=right.json\n');
  expect((await sourceFiles().read(path))?.map).toBe(map);
});

test('TypeScript is told from what was compiled where Node itself strips the types', async () => {
  const path = write('typed.mts', 'const a: number = 1;\n//# sourceMappingURL=maps.json\n');
  expect(await sourceFiles({ stripsTypes: true }).read(path)).toMatchObject({ typed: true, map: null });
  expect(await sourceFiles({ stripsTypes: false }).read(path)).toMatchObject({
    typed: true,
    rewritten: { map: null },
  });
  const unknown = await sourceFiles().read(path);
  expect([unknown?.typed, unknown?.rewritten]).toEqual([undefined, undefined]);
});

test('a script without a map of which Node keeps one was rewritten on its way', async () => {
  const asked: string[] = [];
  const nodeSourceMap = async (url: string): Promise<string | null> => {
    asked.push(url);
    return url.endsWith('plain.js')
      ? null
      : `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  };
  const reader = sourceFiles({ stripsTypes: false, nodeSourceMap });
  expect(await reader.read(write('a b.ts', 'let a: number'))).toMatchObject({
    typed: true,
    rewritten: { map },
  });
  expect(await reader.read(write('made.js', 'h();'))).toMatchObject({ map: null, rewritten: { map } });
  expect((await reader.read(write('plain.js', 'h();')))?.rewritten).toBeUndefined();
  expect(await reader.read(write('inline.js', `h();\n//# sourceMappingURL=data:,${map}`))).toEqual({
    code: expect.any(String) as string,
    map,
  });
  expect(asked.map((url) => url.slice(url.lastIndexOf('/') + 1))).toEqual([
    'a%20b.ts',
    'made.js',
    'plain.js',
  ]);
});

test('file URLs are read, with what stands behind the path left out', async () => {
  const path = write('module.mjs', 'g();');
  expect((await sourceFiles().read(`${pathToFileURL(path).href}?t=1`))?.code).toBe('g();');
});

test.each(['node:internal/timers', 'https://example.com/a.js', join(folder, 'missing.js'), folder])(
  '%s has no source to read',
  async (url) => {
    expect(await sourceFiles().read(url)).toBeNull();
  },
);
