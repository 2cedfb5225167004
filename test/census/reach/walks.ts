import * as inspector from 'node:inspector';
import { createRequire, findSourceMap } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { types } from 'node:util';
import { Census } from '../../../src/census/census.ts';
import { KnownScripts } from '../../../src/census/known-scripts.ts';
import { readScriptUrls } from '../../../src/census/scripts.ts';
import { ScopeReader } from '../../../src/census/scopes.ts';
import type { ContainerDetail, PathStep, TrapResult } from '../../../src/core/census.ts';
import { StallAccount } from '../../../src/core/stall-account.ts';
import { InProcessInspector } from '../../../src/wire/inspector-in-process.ts';

/** What two walks of program.cjs met, by the way to it: `shutdown on(abort)`. */
export type Reached = {
  readonly containers: Readonly<Record<string, { readonly type: string; readonly sizes: readonly number[] }>>;
  /** Of what it holds, how many are over: `Uploads cancelled 50/100`. */
  readonly over: Readonly<Record<string, readonly string[]>>;
  /** Whether a timer's callback or context keeps it. */
  readonly keptByTimers: Readonly<Record<string, boolean>>;
  /** How often the program's proxy was asked for something. */
  readonly traps: number;
  readonly added: Readonly<Record<string, { readonly set: boolean; readonly functions: readonly string[] }>>;
};

/** Walks program.cjs, lets it grow, walks again, and traps what grew. Also run by itself, on the other Node versions. */
export async function reachEverything(): Promise<Reached> {
  const file = createRequire(import.meta.url).resolve('./program.cjs');
  const program = createRequire(import.meta.url)(file) as Program;
  await program.ready;
  const growTimes = (times: number): void => {
    for (let time = 0; time < times; time += 1) program.grow();
  };
  growTimes(40);
  const census = censusOf(file, program.kept, () => program.connections());
  const containers: Record<string, { type: string; sizes: number[] }> = {};
  const keyByWords: Record<string, string> = {};
  const over: Record<string, string[]> = {};
  const keptByTimers: Record<string, boolean> = {};
  for (const more of [0, 60]) {
    growTimes(more);
    const walk = await census.walk();
    const details = await census.details(walk.containers.map(({ key }) => key));
    for (const detail of details) {
      const words = wordsOf(detail);
      containers[words] ??= { type: detail.type, sizes: [] };
      containers[words].sizes.push(detail.size);
      keyByWords[words] = detail.key;
      keptByTimers[words] = detail.timers.length > 0;
      over[words] = detail.zombies.map(
        ({ type, state, count, of, via }) => `${type}${via} ${state} ${count}/${of}`,
      );
    }
  }
  const trapping = census.trap(Object.values(keyByWords), 20);
  growTimes(3);
  const results = await trapping;
  const added = Object.entries(keyByWords).map(([words, key]) => {
    const result = results.find((one) => one.key === key);
    return [words, { set: result?.set ?? false, functions: result === undefined ? [] : functionsOf(result) }];
  });
  program.close();
  const traps = program.trapped();
  return { containers, over, keptByTimers, traps, added: Object.fromEntries(added) as Reached['added'] };
}

type Program = {
  readonly ready: Promise<void>;
  connections(): object[];
  close(): void;
  grow(): void;
  trapped(): number;
  readonly kept: object;
};

function censusOf(file: string, exports: object, activeHandles: () => object[]): Census {
  const session = new InProcessInspector(inspector);
  return new Census({
    process,
    types,
    clearTimeout,
    findSourceMap,
    scopes: new ScopeReader(session),
    account: new StallAccount(() => performance.now()),
    own: new Set(),
    nowMs: () => performance.now(),
    rest: () => turn(),
    stopped: () => false,
    scripts: new KnownScripts(() => readScriptUrls(session), null),
    builtinExports: () => [],
    moduleExports: () => [{ file, exports }],
    activeHandles,
  });
}

/** From the program's variable on. */
function wordsOf({ steps }: ContainerDetail): string {
  const from = steps.findIndex(({ kind }) => kind === 'variable');
  return steps.slice(Math.max(0, from)).map(wordOf).join(' ');
}

function wordOf(step: PathStep): string {
  if (step.kind === 'variable' || step.kind === 'root') return step.name;
  if (step.kind === 'property') return `.${step.name}`;
  if (step.kind === 'listeners') return `${step.owner} on(${step.event})`;
  return step.kind === 'element' ? '[*]' : step.kind;
}

function functionsOf({ additions }: TrapResult): string[] {
  return additions.map(({ stack }) => stack.find(({ url }) => !url.startsWith('node:'))?.function ?? '?');
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await reachEverything(), null, 1));
  process.exit(0);
}
