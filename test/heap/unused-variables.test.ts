import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LeaklineError } from '../../src/core/errors.ts';
import { NO_SCOPE, ROOT_SCOPE } from '../../src/heap/columns.ts';
import { readColumns } from '../../src/heap/format.ts';
import { type Heap, readSnapshot, type UnusedVariables } from '../../src/heap/index.ts';
import type { NodeOrdinal } from '../../src/heap/heap-graph.ts';
import { renderHeap } from '../../src/present/text/heap-text.ts';
import { readHeap } from '../../src/session/read-heap.ts';
import { type DrawnScope, ScopedHeap, scopedJson } from './scoped-heap.ts';
import { bytesOf, chunked } from './snapshots.ts';

const heapOf = (json: unknown, chunkBytes = 4096): Promise<Heap> =>
  readSnapshot(chunked(bytesOf(json), chunkBytes));

/** `name of function: released bytes`, as a person would tell it. */
function told(unused: UnusedVariables): unknown {
  if (!unused.isKnown) return unused.because;
  return unused.variables.map(
    ({ name, scope, retainedBytes, isOnlyHolder }) =>
      `${name} of ${scope.functionName ?? '(none)'}: ${retainedBytes}${isOnlyHolder ? '' : ' held elsewhere'}`,
  );
}

describe('the tables', () => {
  const scopes: DrawnScope[] = [
    { script: 1, id: ROOT_SCOPE, depth: 0 },
    { script: 1, id: 20, depth: 1, variables: ['a', 'b'], uses: [[20, 1]] },
    {
      script: 1,
      id: 30,
      depth: 2,
      uses: [
        [20, 0],
        [-2, 3],
      ],
    },
    { script: 1, id: 70, depth: 1, variables: ['c'] },
    { script: 2, id: ROOT_SCOPE, depth: 0, variables: ['m'], uses: [[ROOT_SCOPE, 0]] },
    { script: 2, id: 20, depth: 1 },
  ];
  const json = scopedJson([{}, {}, {}], scopes);

  test('are read by their fields’ names, wherever the chunks are cut', async () => {
    const bytes = bytesOf(json);
    for (const size of [1, 2, 3, 5, 7, 11, 4096]) {
      const { scopes: table, strings } = await readColumns(chunked(bytes, size));
      expect({
        script: [...(table?.script ?? [])],
        id: [...(table?.id ?? [])],
        parent: [...(table?.parent ?? [])],
        firstVariable: [...(table?.firstVariable ?? [])],
        firstUse: [...(table?.firstUse ?? [])],
        names: Array.from(table?.variableName ?? [], (name) => strings.at(name)),
        useScopeId: [...(table?.useScopeId ?? [])],
        useSlot: [...(table?.useSlot ?? [])],
      }).toEqual({
        script: [1, 1, 1, 1, 2, 2],
        id: [-2, 20, 30, 70, -2, 20],
        parent: [NO_SCOPE, 0, 1, 0, NO_SCOPE, 4],
        firstVariable: [0, 0, 2, 2, 3, 4, 4],
        firstUse: [0, 0, 1, 3, 3, 4, 4],
        names: ['a', 'b', 'c', 'm'],
        useScopeId: [20, 20, -2, -2],
        useSlot: [1, 0, 3, 0],
      });
    }
  });

  test('are none where the file has none, does not describe them or has them before its description', async () => {
    const { scopes: _, ...without } = json;
    const { snapshot, ...sections } = json as unknown as { snapshot: { meta: Record<string, unknown> } };
    const { scope_use_fields, ...meta } = snapshot.meta;
    expect(scope_use_fields).toBeDefined();
    const described = (fields: object): object => ({ ...snapshot, meta: { ...meta, ...fields } });
    for (const file of [
      without,
      { snapshot: described({}), ...sections },
      { snapshot: described({ scope_use_fields: ['slot_index', 'declared_in'] }), ...sections },
      { snapshot: described({}), ...sections, scopes: { any: 'thing' }, scope_uses: null },
      { scopes: 'any thing', snapshot, ...omit({ ...sections }, 'scopes') },
    ]) {
      const heap = await heapOf(file, 61);
      expect(told(heap.unusedVariables())).toBe('no tables');
      expect(heap.contextScope(1 as NodeOrdinal)).toBeNull();
    }
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    [
      'a count of variables beyond the rows',
      { scopes: [0, 0, 7, 6, 3, -2] },
      /have 3 variables, and there are 4/,
    ],
    ['a count of uses beyond the rows', { scopes: [0, 9, 7, 6, 4, -2] }, /have 9 uses, and there are 4/],
    ['rows that no scope has', { scopes: [] }, /have 0 variables, and there are 4/],
    [
      'counts of more than 32 bits',
      { scopes: [0, 4294967295, 7, 6, 4, -2, 1, 4294967295, 7, 6, 0, 4] },
      /uses, and there are 4/,
    ],
    ['no rows for what is counted', { scope_uses: undefined }, /have 4 uses, and there are 0/],
    [
      'a depth that jumps',
      { scopes: [0, 4, 7, 6, 4, -2, 2, 0, 7, 6, 0, 4] },
      /has depth 2, and 1 lie around it/,
    ],
    [
      'a script that begins deep',
      { scopes: [0, 4, 7, 6, 4, -2, 1, 0, 7, 12, 0, 4] },
      /has depth 1, and 0 lie around it/,
    ],
    ['a negative depth', { scopes: [-1, 4, 7, 6, 4, -2] }, /has depth 4294967295/],
    ['a script that is no node', { scopes: [0, 4, 7, 18, 4, -2] }, /a scope is of no node/],
    ['a script in the middle of a node', { scopes: [0, 4, 7, 7, 4, -2] }, /a scope is of no node/],
    ['half a row', { scopes: [0, 4, 7, 6, 4] }, /lacks fields/],
    ['a name that is not there', { scope_context_vars: [9, 0, 9, 1, 9, 2, 9, 99] }, /a name is string 99/],
    ['a negative name', { scope_context_vars: [9, -1] }, /"-" stands among whole numbers/],
    ['no list', { scopes: 7 }, /"scopes" begins with "7"/],
    ['a number too far below zero', { scope_uses: [0, -1, -2147483649] }, /a number is too large/],
    ['text', { scope_uses: ['a'] }, /stands among whole numbers/],
  ];
  test.each(wrong)('with %s say so', async (_, section, message) => {
    const error: unknown = await heapOf({ ...json, ...section }, 5).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LeaklineError);
    expect((error as LeaklineError).code).toBe('SNAPSHOT_UNREADABLE');
    expect((error as LeaklineError).message).toMatch(message);
  });

  test.each(['-', '--2', '- 2', '-,', '-02', '2-'])('with %s for a number say so', async (text) => {
    const file = JSON.stringify(json).replace('"scope_uses":[1,-1,20', `"scope_uses":[1,-1,${text}`);
    expect(file).toContain(`[1,-1,${text}`);
    for (const size of [1, 4096])
      await expect(heapOf(file, size)).rejects.toMatchObject({ code: 'SNAPSHOT_UNREADABLE' });
  });
});

/** `function outer() { let used, dead; live = () => used; never = () => dead }`, with what `live` and `never` are given. */
function outerWith(kept: readonly ('live' | 'never')[]): {
  readonly heap: ScopedHeap;
  readonly context: number;
  readonly outerInfo: number;
  readonly script: number;
  readonly dead: number;
} {
  const heap = new ScopedHeap();
  const script = heap.script('http://x/app.js');
  heap.scopes.push(
    { script, id: ROOT_SCOPE, depth: 0 },
    { script, id: 10, depth: 1, variables: ['used', 'dead'] },
    { script, id: 40, depth: 2, uses: [[10, 0]] },
    { script, id: 60, depth: 2, uses: [[10, 1]] },
  );
  const outerInfo = heap.scopeInfo(10);
  const dead = heap.add('Big', 'object', [], 5000);
  const context = heap.context(outerInfo, null, { used: heap.add('Small', 'object', [], 20), dead });
  const global = heap.context(heap.scopeInfo(ROOT_SCOPE), null, {});
  heap.hold(heap.closure('outer', heap.shared('outer', script, 10, outerInfo), global));
  for (const name of kept)
    heap.hold(
      heap.closure(name, heap.shared(name, script, name === 'live' ? 40 : 60, outerInfo, false), context),
    );
  return { heap, context, outerInfo, script, dead };
}

describe('a captured variable', () => {
  test('that only a function which is gone used is unused', async () => {
    const { heap, context } = outerWith(['live']);
    const read = await heapOf(heap.json());
    const unused = read.unusedVariables();
    expect(told(unused)).toEqual(['dead of outer: 5000']);
    expect(unused).toMatchObject({
      count: 1,
      contexts: 1,
      releasedBytes: 5000,
      variables: [{ context, scope: { url: 'http://x/app.js' } }],
      byName: [{ name: 'dead', contexts: 1, releasedBytes: 5000 }],
    });
    expect(read.contextScope(context as NodeOrdinal)?.functionName).toBe('outer');
  });

  test('that a function which is left uses is used', async () => {
    expect(told((await heapOf(outerWith(['live', 'never']).heap.json())).unusedVariables())).toEqual([]);
  });

  test('of a context that nothing keeps alive is none', async () => {
    expect(told((await heapOf(outerWith([]).heap.json())).unusedVariables())).toEqual([]);
  });

  test('that is held elsewhere too would release nothing', async () => {
    const { heap, dead } = outerWith(['live']);
    heap.hold(dead, 'elsewhere');
    const unused = (await heapOf(heap.json())).unusedVariables();
    expect(told(unused)).toEqual(['dead of outer: 5000 held elsewhere']);
    expect(unused).toMatchObject({ releasedBytes: 0, byName: [{ releasedBytes: 0 }] });
  });

  test('whose value a used one leads to would release nothing', async () => {
    const { heap, context, dead } = outerWith(['live']);
    heap.link(context, 'used', dead, 'context');
    expect(told((await heapOf(heap.json())).unusedVariables())).toEqual([
      'dead of outer: 5000 held elsewhere',
    ]);
  });

  test('of a context on the stack, or that an arguments object shows, may be used', async () => {
    for (const holder of ['(Stack roots)', '(Handle scope)', 'system / SloppyArgumentsElements']) {
      const { heap, context } = outerWith(['live']);
      const stack = heap.add(holder, holder.startsWith('(') ? 'synthetic' : 'native');
      heap.link(stack, '0', context);
      heap.hold(stack);
      expect(told((await heapOf(heap.json())).unusedVariables()), holder).toEqual([]);
    }
  });

  test('that a generator which waits can come to is used, not one that has ended', async () => {
    for (const [continuation, expected] of [
      [1, []],
      [0, []],
      [-1, ['dead of outer: 5000']],
      [-2, ['dead of outer: 5000']],
    ] as const) {
      const { heap, context, outerInfo, script } = outerWith(['live']);
      const closure = heap.closure(
        'outer',
        heap.shared('outer', script, 10, outerInfo),
        heap.add('c', 'object'),
      );
      heap.hold(heap.generator(closure, context, continuation));
      expect(told((await heapOf(heap.json())).unusedVariables()), String(continuation)).toEqual(expected);
    }
  });

  test('of a module is unused when its text has run, and nothing that is left uses it', async () => {
    for (const [continuation, expected] of [
      [1, []],
      [-1, ['dead of (none): 5000']],
    ] as const) {
      const heap = new ScopedHeap();
      const script = heap.script('http://x/m.js');
      heap.scopes.push(
        { script, id: ROOT_SCOPE, depth: 0, variables: ['dead', 'used'] },
        { script, id: 5, depth: 1, uses: [[ROOT_SCOPE, 0]] },
        { script, id: 9, depth: 1, uses: [[ROOT_SCOPE, 1]] },
      );
      const info = heap.scopeInfo(ROOT_SCOPE);
      const values = { dead: heap.add('D', 'object', [], 5000), used: heap.add('U', 'object') };
      const context = heap.context(info, null, values);
      const all = heap.closure('', heap.shared('', script, ROOT_SCOPE, info), context);
      heap.hold(heap.generator(all, context, continuation));
      heap.hold(heap.closure('f', heap.shared('f', script, 9, info, false), context));
      expect(told((await heapOf(heap.json())).unusedVariables())).toEqual(expected);
    }
  });

  test('is known by the script it is of: around an evaluated text lie scopes of another', async () => {
    const { heap, outerInfo, context } = outerWith(['live']);
    const text = heap.script('', [{ to: outerInfo, name: 'eval_from_scope_info', type: 'internal' }]);
    // The same number as `dead` has a use in the other script.
    heap.scopes.push(
      { script: text, id: ROOT_SCOPE, depth: 0 },
      { script: text, id: 60, depth: 1, uses: [[10, 1]] },
    );
    const info = heap.scopeInfo(ROOT_SCOPE, outerInfo);
    const inner = heap.context(info, context, {});
    heap.hold(heap.closure('e', heap.shared('e', text, 60, info, false), inner));
    expect(told((await heapOf(heap.json())).unusedVariables())).toEqual(['dead of outer: 5000']);
  });

  test('that a function reaches which the table lacks may be used', async () => {
    const { heap, context, outerInfo, script } = outerWith(['live']);
    heap.hold(heap.closure('other', heap.shared('other', script, 999, outerInfo, false), context));
    expect(told((await heapOf(heap.json())).unusedVariables())).toEqual([]);
  });

  test('cannot be told where the number of one scope is hidden', async () => {
    const { heap } = outerWith(['live', 'never']);
    for (const node of heap.nodes) if (node.name === '60') node.name = '~hidden~2';
    expect(told((await heapOf(heap.json())).unusedVariables())).toBe('no numbers');
  });

  test('cannot be told where the numbers of scopes are hidden', async () => {
    const { heap } = outerWith(['live']);
    for (const node of heap.nodes) if (/^-?\d+$/.test(node.name)) node.name = '~hidden~4';
    expect(told((await heapOf(heap.json())).unusedVariables())).toBe('no numbers');
  });

  test('counts once where its value keeps that of another alive', async () => {
    const heap = new ScopedHeap();
    const script = heap.script('http://x/app.js');
    heap.scopes.push(
      { script, id: ROOT_SCOPE, depth: 0 },
      { script, id: 10, depth: 1, variables: ['before', 'used'] },
      { script, id: 40, depth: 2, uses: [[10, 1]] },
      { script, id: 60, depth: 2, uses: [[10, 0]] },
    );
    const info = heap.scopeInfo(10);
    const shared = heap.shared('f', script, 40, info, false);
    const used = heap.add('U', 'object');
    let last = heap.add('first', 'object', [], 1000);
    // Each function keeps the one before by a variable that nothing uses.
    for (let link = 0; link < 4; link += 1)
      last = heap.closure('f', shared, heap.context(info, null, { before: last, used }));
    heap.hold(last);
    const unused = (await heapOf(heap.json())).unusedVariables();
    // Three functions and three contexts of 10 bytes each, and the first.
    expect(unused).toMatchObject({
      count: 4,
      releasedBytes: 1060,
      byName: [{ name: 'before', contexts: 4, releasedBytes: 1060 }],
    });
    expect(told(unused)).toEqual([1060, 1040, 1020, 1000].map((bytes) => `before of (none): ${bytes}`));
  });
});

test('what is used is what the definition says, whatever scopes, contexts and functions there are', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (plan) => {
      const { heap, contexts, live } = build(plan);
      const unused = (await heapOf(heap.json())).unusedVariables(1000);
      expect(
        (unused.isKnown ? unused.variables : []).map(({ context, name }) => `${context} ${name}`).sort(),
      ).toEqual(byDefinition(plan, contexts, live).sort());
    }),
    { numRuns: 300 },
  );
});

type Plan = {
  readonly depths: readonly number[];
  readonly variables: readonly number[];
  readonly uses: readonly (readonly (readonly [scope: number, slot: number])[])[];
  readonly contexts: readonly { readonly scope: number; readonly previous: number }[];
  readonly functions: readonly {
    readonly scope: number;
    readonly context: number;
    readonly continuation: number | null;
  }[];
};

const SCOPES = 8;
const drawn: fc.Arbitrary<Plan> = fc.record({
  depths: fc.array(fc.nat(4), { minLength: SCOPES, maxLength: SCOPES }),
  variables: fc.array(fc.nat(3), { minLength: SCOPES, maxLength: SCOPES }),
  uses: fc.array(fc.array(fc.tuple(fc.nat(SCOPES - 1), fc.nat(3)), { maxLength: 3 }), {
    minLength: SCOPES,
    maxLength: SCOPES,
  }),
  contexts: fc.array(fc.record({ scope: fc.nat(SCOPES - 1), previous: fc.nat(9) }), {
    minLength: 1,
    maxLength: 8,
  }),
  functions: fc.array(
    fc.record({
      scope: fc.integer({ min: 1, max: SCOPES - 1 }),
      context: fc.nat(7),
      continuation: fc.constantFrom(null, null, 0, 3, -1, -2),
    }),
    { maxLength: 5 },
  ),
});

/** No deeper than one below the scope before. */
function depthsOf({ depths }: Plan): number[] {
  const fitting: number[] = [];
  for (const depth of depths)
    fitting.push(fitting.length === 0 ? 0 : 1 + Math.min(depth, fitting.at(-1) ?? 0));
  return fitting;
}

function build(plan: Plan): {
  readonly heap: ScopedHeap;
  readonly contexts: number[];
  readonly live: { scope: number; context: number }[];
} {
  const heap = new ScopedHeap();
  const script = heap.script('http://x/app.js');
  const idOf = (scope: number): number => (scope === 0 ? ROOT_SCOPE : scope * 10);
  depthsOf(plan).forEach((depth, scope) =>
    heap.scopes.push({
      script,
      id: idOf(scope),
      depth,
      variables: Array.from({ length: plan.variables[scope] ?? 0 }, (_, slot) => `v${scope}_${slot}`),
      uses: (plan.uses[scope] ?? []).map(([declaring, slot]) => [idOf(declaring), slot] as const),
    }),
  );
  const infos = Array.from({ length: SCOPES }, (_, scope) => heap.scopeInfo(idOf(scope)));
  const shared = infos.map((info, scope) => heap.shared(`f${scope}`, script, idOf(scope), info));
  const contexts: number[] = [];
  for (const { scope, previous } of plan.contexts) {
    const names = Array.from({ length: plan.variables[scope] ?? 0 }, (_, slot) => `v${scope}_${slot}`);
    const values = Object.fromEntries(names.map((name) => [name, heap.add('value', 'object')]));
    const context = heap.context(infos[scope] ?? 0, contexts[previous] ?? null, values);
    heap.hold(context);
    contexts.push(context);
  }
  const live: { scope: number; context: number }[] = [];
  const nowhere = heap.add('nowhere', 'object');
  for (const { scope, context, continuation } of plan.functions) {
    const at = context % contexts.length;
    const closure = heap.closure(
      `f${scope}`,
      shared[scope] ?? 0,
      continuation === null ? (contexts[at] ?? 0) : nowhere,
    );
    heap.hold(closure);
    if (continuation !== null) heap.hold(heap.generator(closure, contexts[at] ?? 0, continuation));
    if (continuation === null || continuation >= 0) live.push({ scope, context: at });
  }
  return { heap, contexts, live };
}

/** Each use is looked at by itself, and of each the scopes around it, and of each the functions, and of each the contexts. */
function byDefinition(
  plan: Plan,
  contexts: readonly number[],
  live: readonly { readonly scope: number; readonly context: number }[],
): string[] {
  const depths = depthsOf(plan);
  const parent = (scope: number): number => {
    for (let at = scope - 1; at >= 0; at -= 1) if (depths[at] === (depths[scope] ?? 0) - 1) return at;
    return -1;
  };
  const reaches = (from: number, wanted: number): boolean => {
    for (let at: number | undefined = from; at !== undefined; ) {
      if (at === wanted) return true;
      const previous: number = plan.contexts[at]?.previous ?? 99;
      at = previous < at ? previous : undefined;
    }
    return false;
  };
  const unused: string[] = [];
  plan.contexts.forEach(({ scope }, context) => {
    for (let slot = 0; slot < (plan.variables[scope] ?? 0); slot += 1) {
      const isUsed = plan.uses.some((uses, using) =>
        uses.some(([declaring, used]) => {
          if (declaring !== scope || used !== slot) return false;
          for (let at = using; at >= 0; at = parent(at))
            if (live.some((one) => one.scope === at && reaches(one.context, context))) return true;
          return false;
        }),
      );
      if (!isUsed) unused.push(`${contexts[context]} v${scope}_${slot}`);
    }
  });
  return unused;
}

function omit(from: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));
}

test('a person is told which variable, of which function, where, and what would go', async () => {
  const { heap } = outerWith(['live']);
  const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
  const file = join(directory, 'x.heapsnapshot');
  try {
    writeFileSync(file, bytesOf(heap.json()));
    const text = renderHeap(await readHeap(file), { color: false, unicode: true, columns: 100 });
    expect(text.slice(text.indexOf('   released'))).toMatchInlineSnapshot(`
      "   released  contexts          captured variable that nothing left uses (largest 1; 5.00 KB in all)
          5.00 KB         1          dead  of outer, http://x/app.js  Big  object @11
      "
    `);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
