import { expect, test } from 'vitest';
import { loadedLeaks } from '../../../src/diagnose/packages/loaded-leaks.ts';
import { sourcesOf } from '../drawing.ts';

async function among(
  programScripts: readonly string[],
  versions: Readonly<Record<string, string>>,
): Promise<string[]> {
  const sources = sourcesOf(
    ...Object.entries(versions).map(([folder, version]) => ({
      url: `${folder}/package.json`,
      code: JSON.stringify({ name: folder.replace(/^.*node_modules\//, ''), version }),
      map: null,
    })),
  );
  return (await loadedLeaks({ programScripts, sources })).map((leak) => `${leak.package} ${leak.installed}`);
}

const ADAPTER = '/app/node_modules/axios/lib/adapters/http.js';

test('a loaded package of a version that leaks is named', async () => {
  expect(await among([ADAPTER], { '/app/node_modules/axios': '0.21.4' })).toEqual(['axios 0.21.4']);
  expect(await among([ADAPTER], { '/app/node_modules/axios': '0.22.0' })).toEqual([]);
  expect(await among([ADAPTER], {})).toEqual([]);
});

test('a package whose leaking file is not loaded has no part in it', async () => {
  const other = '/app/node_modules/undici/lib/api/api-request.js';
  expect(await among([other], { '/app/node_modules/undici': '6.19.7' })).toEqual([]);
});

test('of several copies any that leaks counts, and once', async () => {
  const scripts = [
    'file:///app/node_modules/undici/lib/web/fetch/body.js',
    'file:///app/node_modules/b%20c/node_modules/undici/lib/web/fetch/body.js',
    '/app/node_modules/d/node_modules/undici/lib/web/fetch/body.js',
  ];
  expect(
    await among(scripts, {
      '/app/node_modules/undici': '7.0.0',
      '/app/node_modules/b c/node_modules/undici': '6.19.2',
      '/app/node_modules/d/node_modules/undici': '6.18.0',
    }),
  ).toEqual(['undici 6.19.2']);
});

test('what lies in how a package is used is not suspected because it is used', async () => {
  const scripts = ['/app/node_modules/express-session/session/memory.js', '/app/session/memory.js'];
  expect(await among(scripts, { '/app/node_modules/express-session': '1.17.3' })).toEqual([]);
});
