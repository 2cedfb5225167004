import * as inspector from 'node:inspector';
import { findSourceMap } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { types } from 'node:util';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Census } from '../../src/census/census.ts';
import { KnownScripts } from '../../src/census/known-scripts.ts';
import { readScriptUrls } from '../../src/census/scripts.ts';
import { ScopeReader } from '../../src/census/scopes.ts';
import { StallAccount } from '../../src/core/stall-account.ts';
import type { CensusWalk } from '../../src/core/census.ts';
import { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

/** Each is used by another, so that all are variables of the scope around them. */
const filler = (functions: number): string =>
  Array.from({ length: functions }, (_, n) => `function f${n}() { return f${(n + 1) % functions}; }`).join(
    '\n',
  );

const kept = `
const inScope = new Map(numbers());
class Plain { static inStatic = new Map(numbers()); get() { return inScope; } put() { return Plain; } }
class Secret { static #inPrivate = new Map(numbers()); static get() { return Secret.#inPrivate; } }
function makeStore() { const inFactory = new Map(numbers()); return () => inFactory; }
const store = makeStore();
const methods = { add() { return inScope; }, remove() { return inScope; } };
function numbers() { return Array.from({ length: 50 }, (_, n) => [n, { n }]); }
return { entry: () => [f0, inScope, Plain, Secret, store, methods] };`;

test('in a scope of thousands of variables what is declared in it is not asked about, and what is held is found', async () => {
  const { walk, asked } = await walkOf(`${filler(2000)}${kept}`);
  expect(mapsOf(walk)).toEqual(['inFactory', 'inPrivate', 'inScope', 'inStatic']);
  // The entry, what the factory made, a method of the literal, the class that has a private member and its method; not 2,000.
  expect(asked).toBeLessThan(20);
});

test('in an ordinary scope every function is asked about', async () => {
  const { walk, asked } = await walkOf(`${filler(200)}${kept}`);
  expect(mapsOf(walk)).toEqual(['inFactory', 'inPrivate', 'inScope', 'inStatic']);
  expect(asked).toBeGreaterThan(200);
});

test('where even that is too much the walk ends early and says so', async () => {
  // None is a declaration, so each has to be asked about: 3,000 times 3,000 variables.
  const made = Array.from({ length: 3000 }, (_, n) => `const g${n} = () => [g${(n + 1) % 3000}, ${n}];`).join(
    '\n',
  );
  const { walk, asked } = await walkOf(`${made}\nreturn { g0 };`);
  // Four million copies, at 3,000 each.
  expect(asked).toBe(1334);
  expect(walk.truncated).toBe(true);
});

async function walkOf(body: string): Promise<{ walk: CensusWalk; asked: number }> {
  const exports = runInThisContext(`(() => { ${body} })()`, { filename: '/large-scope.js' }) as object;
  const session = new InProcessInspector(inspector);
  const scopes = new ScopeReader(session);
  const read = scopes.readFunction.bind(scopes);
  // The first census walks twice if that is quick.
  const asked = new Set<object>();
  // The walk goes through the test runner too.
  scopes.readFunction = (fn) => {
    if (body.includes(Function.prototype.toString.call(fn))) asked.add(fn);
    return read(fn);
  };
  const census = new Census({
    process,
    types,
    clearTimeout,
    findSourceMap,
    scopes,
    account: new StallAccount(() => performance.now()),
    own: new Set(),
    nowMs: () => performance.now(),
    rest: () => turn(),
    stopped: () => false,
    scripts: new KnownScripts(
      () => new Map([...readScriptUrls(session)].filter(([, url]) => url.endsWith('/large-scope.js'))),
      null,
    ),
    builtinExports: () => [],
    moduleExports: () => [{ file: '/large-scope.js', exports }],
    activeHandles: () => [],
  });
  const walk = await census.walk();
  return { walk, asked: asked.size };
}

/** The last names of the ways to Maps of 50. */
function mapsOf({ containers }: CensusWalk): string[] {
  const names = containers
    .filter(({ type, size }) => type === 'Map' && size === 50)
    .map(({ key }) => /(\w+)\)?$/.exec(key)?.[1] ?? key);
  return names.sort();
}
