/**
 * `npm run bench -- census-reach`: what a walk takes of a program of 20,000 functions, of 20,000 instances with private
 * fields, of a long chain and so on, each in a process of its own; the least of three walks, the collections that fell into
 * it taken out. Run in turns from two checkouts it shows what one of them added.
 */
import * as inspector from 'node:inspector';
import { findSourceMap } from 'node:module';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { types } from 'node:util';
import { runInThisContext } from 'node:vm';
import { Census } from '../src/census/census.ts';
import { KnownScripts } from '../src/census/known-scripts.ts';
import { readScriptUrls } from '../src/census/scripts.ts';
import { ScopeReader } from '../src/census/scopes.ts';
import { StallAccount } from '../src/core/stall-account.ts';
import { InProcessInspector } from '../src/wire/inspector-in-process.ts';

const COUNT = 20_000;
const CHAIN = 100_000;

const programs: Readonly<Record<string, () => object>> = {
  nothing: () => ({}),
  '20,000 functions': () =>
    evaluated(
      numbered((n) => `() => [kept${n % 10}, ${n}]`),
      numbered((n) => `kept${n} = [${n}]`, 10),
    ),
  'a bundle: 5,000 functions and 500 classes in one scope': () => bundle(5_000, 500),
  '20,000 plain objects': () => tree(COUNT, (n) => ({ n, inner: { n } })),
  '20,000 instances': () => {
    class Plain {
      readonly inner: object;
      constructor(n: number) {
        this.inner = { n };
      }
    }
    return tree(COUNT, (n) => new Plain(n));
  },
  '20,000 instances with a private field': () => {
    class Private {
      readonly #inner: object;
      constructor(n: number) {
        this.#inner = { n };
      }
      get inner(): object {
        return this.#inner;
      }
    }
    return tree(COUNT, (n) => new Private(n));
  },
  '2,000 classes with a static private member': () =>
    evaluated(
      numbered((n) => `class C${n} { static #kept = [${n}]; static get() { return C${n}.#kept } }`, 2000),
      [],
    ),
  '20,000 EventTargets with a listener': () =>
    tree(COUNT, () => {
      const target = new EventTarget();
      target.addEventListener('news', () => undefined);
      return target;
    }),
  '20,000 AbortControllers': () => tree(COUNT, () => new AbortController()),
  'a chain of 100,000': () => {
    type Node = { n: number; next: Node | null };
    let head: Node | null = null;
    for (let n = 0; n < CHAIN; n += 1) head = { n, next: head };
    return { head };
  },
  'a dictionary of 500,000 keys': () => ({
    pages: Object.fromEntries(Array.from({ length: 500_000 }, (_, n) => [`/page/${n}`, { n }])),
  }),
  'one target with 5,000 listeners': () => {
    const target = new EventTarget();
    for (let n = 0; n < 5_000; n += 1) target.addEventListener('news', () => n);
    return { target };
  },
};

const only = process.argv[2];
if (only === undefined) {
  const { spawnSync } = await import('node:child_process');
  for (const name of Object.keys(programs)) {
    spawnSync(process.execPath, [process.argv[1] ?? '', name], { stdio: 'inherit' });
  }
} else {
  await measure(only, programs[only]?.() ?? {});
}

async function measure(name: string, exports: object): Promise<void> {
  const session = new InProcessInspector(inspector);
  const account = new StallAccount(() => performance.now());
  const census = new Census({
    process,
    types,
    clearTimeout,
    findSourceMap,
    scopes: new ScopeReader(session),
    account,
    own: new Set(),
    nowMs: () => performance.now(),
    rest: () => turn(),
    stopped: () => false,
    scripts: new KnownScripts(() => readScriptUrls(session), null),
    builtinExports: () => [],
    moduleExports: () => [{ file: '/program.js', exports }],
    activeHandles: () => [],
  });
  let collections: { startMs: number; endMs: number }[] = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ startMs: startTime, endMs: startTime + duration });
  }).observe({ entryTypes: ['gc'] });
  const timesMs: number[] = [];
  let walked = '';
  for (let time = 0; time < 3; time += 1) {
    const beforeMs = account.snapshot().totalOnTargetMs;
    const { objects, functions, slices } = await census.walk();
    // The observer is told of them in a later turn.
    await turn();
    await turn();
    account.settle(collections);
    collections = [];
    timesMs.push(account.snapshot().totalOnTargetMs - beforeMs);
    walked = `${objects} objects, ${functions} functions, ${slices} slices`;
  }
  const { longestPauseMs } = account.snapshot();
  console.log(
    `| ${process.versions.node} | ${name} | ${Math.min(...timesMs).toFixed(0)} | ${longestPauseMs.toFixed(1)} | ${walked} |`,
  );
}

function numbered(text: (n: number) => string, count = COUNT): string[] {
  return Array.from({ length: count }, (_, n) => text(n));
}

/** Each expression reached by a way of its own, which is the worst case: the elements of a collection are only sampled. */
function evaluated(expressions: readonly string[], variables: readonly string[]): object {
  const declared = variables.length === 0 ? '' : `const ${variables.join(', ')};`;
  const made = runInThisContext(`(() => { ${declared} return [${expressions.join(',\n')}] })()`, {
    filename: '/program.js',
  }) as object[];
  return tree(made.length, (n) => made[n] ?? {});
}

/** Every name is used by a function, so that all are variables of the scope. */
function bundle(functions: number, classes: number): object {
  const lines = [
    ...numbered((n) => `function f${n}() { return [f${(n + 1) % functions}, C${n % classes}]; }`, functions),
    ...numbered(
      (n) => `class C${n} { get() { return f${n}; } set() { return C${n}; } all() { return f0; } }`,
      classes,
    ),
    'return { f0 };',
  ];
  return runInThisContext(`(() => { ${lines.join('\n')} })()`, { filename: '/program.js' }) as object;
}

function tree(count: number, leaf: (n: number) => object): object {
  let level: object[] = Array.from({ length: count }, (_, n) => leaf(n));
  while (level.length > 1) {
    const above: object[] = [];
    for (let at = 0; at < level.length; at += 10) {
      above.push(Object.fromEntries(level.slice(at, at + 10).map((object, key) => [`k${key}`, object])));
    }
    level = above;
  }
  return level[0] ?? {};
}
