import { expect, test } from 'vitest';
import { packageUse } from '../../../src/diagnose/source/package-use.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';

async function use(packageName: string, ...files: readonly Drawing[]): Promise<string | null> {
  const scripts = new Scripts(sourcesOf(...files));
  const found = await Promise.all(files.map((file) => scripts.find(file.url)));
  const location = packageUse(
    packageName,
    found.filter((script) => script !== null),
    '/app',
  );
  return location === null ? null : `${location.file}:${location.line}`;
}

const file = (text: string): Drawing => draw('/app/a.js', text);

test('the first call in a function, else at the top of the file, else the import', async () => {
  const imports = "import session from 'express-session';\n";
  expect(await use('express-session', file(`${imports}export { session };`))).toBe('a.js:1');
  expect(await use('express-session', file(`${imports}\napp.use(session({}));`))).toBe('a.js:3');
  const inFunction = `${imports}session();\nfunction start() {\n  return session();\n}`;
  expect(await use('express-session', file(inFunction))).toBe('a.js:4');
});

test('whatever way it is imported by, and whatever is made of it', async () => {
  for (const [text, line] of [
    ["const memo = require('memo');\nmemo();", 2],
    ["const { create } = require('memo');\ncreate();", 2],
    ["const create = require('memo').create;\ncreate();", 2],
    ["const cache = require('memo')({ max: 1 });\ncache.get(1);", 1],
    ["const cache = require('memo')({ max: 1 });\nconst get = () => cache.get(1);", 2],
    ["import * as memo from 'memo/lib/all';\nmemo.lib.create();", 2],
    ["import { Memo as M } from 'memo';\nnew M();", 2],
    ["app.use(require('memo')());", 1],
  ] as const) {
    expect([text, await use('memo', file(text))]).toEqual([text, `a.js:${line}`]);
  }
});

test('what only looks like it is no use of the package', async () => {
  for (const text of [
    "import memo from './memo';\nmemo();",
    "import memo from 'memoize';\nmemo();",
    "import memo from '@scope/memo';\nmemo();",
    'const memo = () => 1;\nmemo();',
    "require(name); require('memo-' + name);",
  ]) {
    expect([text, await use('memo', file(text))]).toEqual([text, null]);
  }
  // A local of that name is another thing.
  const shadowed = "import memo from 'memo';\nfunction a(memo) { memo(); }";
  expect(await use('memo', file(shadowed))).toBe('a.js:1');
});

test('what another package does with it is not the program', async () => {
  const other = draw('/app/node_modules/other/index.js', "const memo = require('memo');\nmemo();");
  expect(await use('memo', other)).toBeNull();
  expect(await use('memo', other, file("require('memo')"))).toBe('a.js:1');
});
