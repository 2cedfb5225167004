import { expect, test } from 'vitest';
import { KnownScripts, type ScriptsByText } from '../../src/census/known-scripts.ts';
import type { FunctionFacts } from '../../src/census/scopes.ts';
import type { ScriptAnswer, ScriptQuestion } from '../../src/core/function-excerpt.ts';

const app = 'file:///app/server.js';

test('where the list fits it is read once, and nobody is asked', () => {
  const { scripts, seen } = setup({ listingFits: () => true });
  scripts.open();
  scripts.open();
  expect(seen).toEqual(['list']);
  expect(scripts.awaits(fn('1'))).toBe(false);
  expect([scripts.isProgram(fn('1')), scripts.isProgram(fn('2'))]).toEqual([true, false]);
});

test('a script is asked for once, and is the program’s unless it is of Node or of leakline', async () => {
  const { scripts, seen } = setup({
    answers: { 1: { url: app }, 2: { url: 'node:net' }, 3: { url: 'file:///leakline/agent.js' } },
  });
  scripts.open();
  for (const id of ['1', '2', '3']) expect(scripts.awaits(fn(id))).toBe(true);
  expect(scripts.awaits(fn('own'))).toBe(false);
  expect(scripts.isProgram(fn('1'))).toBe(false);
  expect(await scripts.settle()).toBe(true);
  expect(await scripts.settle()).toBe(false);
  expect(['1', '2', '3', 'own'].map((id) => scripts.isProgram(fn(id)))).toEqual([true, false, false, false]);
  expect(scripts.urls()).toEqual([app, 'file:///app/loaded.js']);
  expect(seen).toEqual(['ask 1 2 3 with 1 loaded']);
});

test.each<[string, Setup, string[]]>([
  ['a file may not be what was loaded', { answers: { 1: { url: null, unsure: true } } }, []],
  ['an option may rewrite files', { answers: { 1: { url: null } }, loaders: () => null }, []],
  [
    'files are not loaded by Node’s own functions',
    { answers: { 1: { url: null }, loader: { url: app } } },
    ['ask loader'],
  ],
])('what is in no file is asked for by its words where %s', async (_, ways, between) => {
  const { scripts, seen } = setup({ ...ways, byWords: { 1: { url: app } } });
  scripts.open();
  scripts.awaits(fn('1'));
  expect(await scripts.settle()).toBe(true);
  expect(scripts.awaits(fn('1'))).toBe(false);
  expect(scripts.isProgram(fn('1'))).toBe(true);
  expect(seen).toEqual(['ask 1 with 1 loaded', ...between, 'ask 1 by words']);
});

test('what has no file’s words is nobody’s, and is asked for with other functions', async () => {
  const byWords: Record<string, Partial<ScriptAnswer>> = { 1: { url: null, unsure: true } };
  const { scripts } = setup({ answers: { 1: { url: null, unsure: true } }, byWords });
  scripts.open();
  scripts.awaits(fn('1'));
  await scripts.settle();
  expect(scripts.awaits(fn('1'))).toBe(false);
  expect(scripts.isProgram(fn('1'))).toBe(false);
  byWords['1'] = { url: app };
  scripts.awaits(fn('1', { line: 7 }));
  await scripts.settle();
  expect(scripts.isProgram(fn('1'))).toBe(true);
});

test('what is in no file was made at run time where files run as they are, and nothing is listed for it', async () => {
  const { scripts, seen } = setup({ answers: { 1: { url: null }, 2: { url: null }, 3: { url: app } } });
  scripts.open();
  for (const id of ['1', '2', '3']) {
    expect(scripts.awaits(fn(id))).toBe(true);
    await scripts.settle();
    expect(scripts.isProgram(fn(id))).toBe(id === '3');
  }
  expect(seen).toEqual(['ask 1 with 1 loaded', 'ask loader', 'ask 2', 'ask 3']);
});

test('what `new Function` made is known without that', async () => {
  const { scripts, seen } = setup({ answers: { 1: { url: null, unsure: true } } });
  scripts.open();
  scripts.awaits(fn('1', { isMade: true }));
  await scripts.settle();
  expect(scripts.awaits(fn('1'))).toBe(false);
  expect(scripts.isProgram(fn('1'))).toBe(false);
  expect(seen).toEqual(['ask 1 with 1 loaded']);
});

test('without an answer nothing is known in this walk, nor asked; the next walk asks again', async () => {
  let isThere = false;
  const asked: string[] = [];
  const { scripts, seen } = setup({
    ask: async ({ excerpts }) => {
      asked.push(excerpts.map(({ scriptId }) => scriptId).join(' '));
      return isThere ? excerpts.map(() => ({ url: app, unsure: false })) : null;
    },
  });
  scripts.open();
  for (const id of ['1', '2']) {
    scripts.awaits(fn(id));
    await scripts.settle();
    // A walk that still awaited it would go round for ever.
    expect(scripts.awaits(fn(id))).toBe(false);
    expect(scripts.isProgram(fn(id))).toBe(false);
  }
  expect(asked).toEqual(['1']);
  isThere = true;
  scripts.open();
  for (const id of ['1', '2']) expect(scripts.awaits(fn(id))).toBe(true);
  await scripts.settle();
  for (const id of ['1', '2']) expect(scripts.isProgram(fn(id))).toBe(true);
  expect(seen).toEqual([]);
});

test('an unsure answer is asked for again with other functions, three in all, without waiting for them', async () => {
  const answers: Record<string, Partial<ScriptAnswer>> = { 1: { url: 'file:///app/twin.js', unsure: true } };
  const { scripts, seen } = setup({ answers });
  scripts.open();
  scripts.awaits(fn('1'));
  await scripts.settle();
  // The walk comes back to the same function when its answer is there.
  expect(scripts.awaits(fn('1'))).toBe(false);
  expect(await scripts.settle()).toBe(false);
  answers['1'] = { url: app, unsure: true };
  for (const line of [7, 8, 9]) {
    expect(scripts.awaits(fn('1', { line }))).toBe(false);
    await scripts.settle();
  }
  expect(scripts.url('1')).toBe(app);
  expect(seen).toEqual(['ask 1 with 1 loaded', 'ask 1', 'ask 1']);
});

type Setup = Partial<ScriptsByText> & {
  readonly answers?: Record<string, Partial<ScriptAnswer>>;
  /** Of what was rewritten. */
  readonly byWords?: Record<string, Partial<ScriptAnswer>>;
};

/** `seen`: what was asked for and listed, in order. */
function setup({ answers = {}, byWords = {}, ...ways }: Setup): {
  scripts: KnownScripts;
  seen: string[];
} {
  const seen: string[] = [];
  const ask = async ({
    excerpts,
    loaded,
    rewritten,
  }: Omit<ScriptQuestion, 'startedMs'>): Promise<ScriptAnswer[]> => {
    const told = loaded === undefined ? '' : ` with ${loaded.length} loaded`;
    const how = rewritten ? ' by words' : told;
    seen.push(`ask ${excerpts.map(({ scriptId }) => scriptId).join(' ')}${how}`);
    return excerpts.map(({ scriptId }) => ({
      url: null,
      unsure: false,
      ...(scriptId === 'loader' && { url: 'node:internal/modules/cjs/loader' }),
      ...(rewritten ? byWords : answers)[scriptId],
    }));
  };
  const list = (): Map<string, string> => {
    seen.push('list');
    return new Map([['1', app]]);
  };
  const scripts = new KnownScripts(list, {
    listingFits: () => false,
    ownScriptId: () => 'own',
    isOwnUrl: (url) => url.includes('/leakline/'),
    loaded: () => ['/app/loaded.js'],
    loaders: () => [fn('loader').excerpt()],
    ask,
    book: (work) => work(),
    ...ways,
  });
  return { scripts, seen };
}

function fn(scriptId: string, { isMade = false, line = 1 } = {}): FunctionFacts {
  return {
    location: { scriptId, line, column: 2, function: 'f' },
    scopes: () => [],
    privateMembers: () => [],
    isMade: () => isMade,
    excerpt: () => ({ scriptId, line, column: 2, head: 'f() {}', tail: 'f() {}', length: 6 }),
  };
}
