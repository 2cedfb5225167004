import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callOfProgram } from '../../src/core/finding.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { GrowingContainer } from '../../src/diagnose/growing-container.ts';
import { draw, sourcesOf } from './drawing.ts';
import { context, element, growing, internal, property, root, trap, variable } from './growing.ts';

const file = draw(
  '/app/a.js',
  `const first = new Map();
//    ^^ first
const second = new Map();
//    ^^ second
const third = [];
const add = (x) => {
//          ^^ add
  first.set(x.id, { list: [], x });
//      ^^ set
  second.set(x.id, x);
  third.push(x);
};`,
);
const sources = sourcesOf(file);
const holding = (name: string, elementBytes: number | null, more: Parameters<typeof growing>[2] = {}) =>
  growing('Map', [root('modules'), variable(name, file.at('add'))], {
    ...more,
    detail: { elementBytes, ...more.detail },
  });
const names = async (...containers: readonly GrowingContainer[]): Promise<string[]> =>
  (await diagnose(containers, context(sources))).map((finding) => finding.heldBy.name);

test('findings stand in the order of the growth they explain, in whatever order the walk met them', async () => {
  const containers = [holding('first', 500), holding('second', 1000), holding('third', 300)];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(containers, { minLength: 3 }), async (shuffled) => {
      expect(await names(...shuffled)).toEqual(['second', 'first', 'third']);
    }),
    { numRuns: 6 },
  );
});

test('what explains less than a twentieth of the biggest is not told', async () => {
  expect(await names(holding('first', 1000), holding('second', 49))).toEqual(['first']);
  expect(await names(holding('first', 1000), holding('second', 51))).toEqual(['first', 'second']);
  expect(await names(holding('second', 1))).toEqual(['second']);
});

test('what could not be measured is told beside whatever was, last', async () => {
  expect(await names(holding('first', null), holding('second', 1000))).toEqual(['second', 'first']);
  const strings = holding('first', 1, { detail: { elementType: 'string' } });
  expect(await names(strings, holding('second', 1000))).toEqual(['second', 'first']);
  const inside = growing(
    'Array',
    [root('Socket'), property('queue', 'Socket', internal('node:net', 'Socket'))],
    {
      detail: { elementBytes: null },
    },
  );
  expect(await names(inside, holding('second', 1000))).toEqual(['second']);
});

test('what does not grow is no finding', async () => {
  expect(await names(holding('first', 1000, { growthPerSecond: 0 }))).toEqual([]);
});

test('a list inside Node is never first, and alone it is not sure', async () => {
  const inside = growing(
    'Array',
    [root('Socket'), property('queue', 'Socket', internal('node:net', 'Socket'))],
    { detail: { elementBytes: 1_000_000 } },
  );
  expect((await names(inside, holding('first', 100)))[0]).toBe('first');
  const [alone] = await diagnose([inside], context(sources));
  expect(alone.heldBy.location).toBeNull();
  expect(alone.confidence).toBeLessThanOrEqual(0.2);
});

test('a collection that grows and what its elements contain are one finding', async () => {
  const lists = growing(
    'Array',
    [root('modules'), variable('first', file.at('add')), element('Map', 50), property('list')],
    { detail: { instances: 50, elementBytes: 10 } },
  );
  expect(await names(lists, holding('first', 1000))).toEqual(['first']);
});

test('the share of the growth that is explained shows in the confidence', async () => {
  const sure = async (slopeBytesPerSecond: number | null): Promise<number> =>
    (await diagnose([holding('first', 1000)], context(sources, { slopeBytesPerSecond })))[0].confidence;
  // It explains 10 KB/s.
  expect(await sure(10_000)).toBeGreaterThan(await sure(null));
  expect(await sure(null)).toBeGreaterThan(await sure(100_000));
  expect(await sure(100_000)).toBeGreaterThan(await sure(1_000_000));
});

test('a share that is only a part of what it may be does not count as small', async () => {
  const sure = async (elementBytesAtLeast: boolean): Promise<number> => {
    const container = holding('first', 1, { detail: { elementBytesAtLeast } });
    return (await diagnose([container], context(sources)))[0].confidence;
  };
  expect(await sure(true)).toBeGreaterThan(await sure(false));
});

test('the trap tells who adds: most often, in the program, with the package it came through', async () => {
  const library = { url: '/app/node_modules/lib/index.js', line: 3, column: 4, function: 'each' };
  const rare = { count: 1, stack: [{ ...file.at('second'), function: null }] };
  const often = { count: 30, stack: [library, file.at('set', 'add'), internal('node:events', 'emit')] };
  const [found] = await diagnose([holding('first', 9, { trap: trap([rare, often]) })], context(sources));
  expect(found.addedAt?.location).toMatchObject({ file: 'a.js', line: file.line('set'), function: 'add' });
  expect(found.addedAt?.stack.map((frame) => frame.package)).toEqual(['lib', null]);
});

test("a library's own container is added to in the library, the program's call is in the stack", async () => {
  const library = draw(
    '/app/node_modules/memo/index.js',
    `const kept = new Map();
//    ^^ kept
const remember = (key) => kept.set(key, 1);
//               ^^ remember
//                             ^^ set`,
  );
  const container = growing('Map', [root('modules'), variable('kept', library.at('remember'))], {
    trap: trap([{ count: 5, stack: [library.at('set'), file.at('set')] }]),
  });
  const [found] = await diagnose([container], context(sourcesOf(library, file)));
  expect(found.heldBy.location).toMatchObject({ package: 'memo', line: library.line('kept') });
  expect(found.addedAt?.location).toMatchObject({ package: 'memo', line: library.line('set') });
  expect(found.addedAt?.stack.at(-1)).toMatchObject({ file: 'a.js', package: null });
  expect(found.addedAt && callOfProgram(found.addedAt)).toMatchObject({
    file: 'a.js',
    line: file.line('set'),
  });
  expect(found.explanation).toContain(
    `added by remember (node_modules/memo/index.js:${library.line('set')}), called from add (a.js:${file.line('set')}).`,
  );
  expect(found.excerpts?.map((excerpt) => excerpt.file)).toEqual(['node_modules/memo/index.js', 'a.js']);
});

test('where no stack shows the call into a package, the text tells where the program uses it', async () => {
  const store = draw(
    '/app/node_modules/memo/store.js',
    `function Store() {
//            ^^ Store
  this.kept = Object.create(null);
//^^ kept
}
Store.prototype.set = function set(key, value) {
  this.kept[key] = JSON.stringify(value);
//^^ set
};
Store.prototype.clear = function clear() { this.kept = Object.create(null); };
Store.prototype.destroy = function destroy(key) { delete this.kept[key]; };
module.exports = Store;`,
  );
  const program = draw(
    '/app/server.js',
    `const Store = require('memo');
function start() {
  return new Store();
//       ^^ use
}`,
  );
  const steps = [root('Server'), property('kept', 'Store', store.at('Store'))];
  const programScripts = [store.url, program.url];
  const [found] = await diagnose(
    [growing('Object', steps)],
    context(sourcesOf(store, program), { programScripts }),
  );
  expect(found.heldBy.location).toMatchObject({ package: 'memo', line: store.line('kept') });
  expect(found.addedAt?.location.line).toBe(store.line('set'));
  expect(found.usedAt).toMatchObject({ file: 'server.js', line: program.line('use'), function: 'start' });
  expect(found.excerpts?.map((excerpt) => excerpt.file)).toContain('server.js');
  // Where it begins is no removal, and where all is thrown away is not where one entry would be.
  expect(found.shouldBeReleased?.words).toMatch(/^`delete kept\[…\]`/);
  const [without] = await diagnose([growing('Object', steps)], context(sourcesOf(store, program)));
  expect(without.usedAt).toBeNull();
  const [own] = await diagnose([holding('first', 9)], context(sources, { programScripts: [file.url] }));
  expect(own.usedAt).toBeUndefined();
});

test('a package that adds by itself was called by nobody', () => {
  const frame = (name: string, packageName: string | null) => ({
    file: name,
    line: 1,
    column: 1,
    function: null,
    package: packageName,
  });
  const site = (...stack: ReturnType<typeof frame>[]) => ({ location: stack[0], stack, words: null });
  const inPackage = frame('node_modules/memo/index.js', 'memo');
  const call = frame('a.js', null);
  expect(callOfProgram(site(inPackage, frame('node:internal/timers', null)))).toBeNull();
  expect(callOfProgram(site(inPackage, frame('node_modules/b/i.js', 'b'), call, frame('b.js', null)))).toBe(
    call,
  );
  // The program's own line is no call into a package.
  expect(callOfProgram(site(call, frame('b.js', null)))).toBeNull();
});

test('additions that only an outer interval runs say so', async () => {
  const poll = draw(
    '/app/poll.js',
    `const log = [];
function record(x) {
//             ^^ record
  log.push(x);
//    ^^ push
}
function start() {
  setInterval(() => {
    record(1);
//  ^^ call
  }, 100);
}`,
  );
  const stack = [
    poll.at('push', 'record'),
    poll.at('call', ''),
    internal('node:internal/timers', 'listOnTimeout'),
  ];
  const container = growing('Array', [root('modules'), variable('log', poll.at('record'))], {
    trap: trap([{ count: 5, stack }]),
  });
  const [found] = await diagnose([container], context(sourcesOf(poll)));
  expect(found.addedAt?.words).toBe('record, from the interval in start');
});

test('two containers of one line are two bugs', async () => {
  const pair = draw(
    '/app/b.js',
    'const a = new Map(), b = new Map();\nconst use = () => [a, b];\n//          ^^ use',
  );
  const both = ['a', 'b'].map((name) => growing('Map', [root('modules'), variable(name, pair.at('use'))]));
  const found = await diagnose(both, context(sourcesOf(pair)));
  expect(new Set(found.map((finding) => finding.fingerprint)).size).toBe(2);
});

test('a fingerprint is of the bug, not of the run', async () => {
  const print = async (container: GrowingContainer): Promise<string> =>
    (await diagnose([container], context(sources)))[0].fingerprint;
  const known = await print(holding('first', 1000));
  expect(known).toMatch(/^[\da-f]{16}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 1e6 }),
      async (size, rate) => {
        const other = holding('first', size, { growthPerSecond: rate, detail: { size, key: String(rate) } });
        expect(await print(other)).toBe(known);
      },
    ),
    { numRuns: 20 },
  );
  const closed = { type: 'Socket', state: 'destroyed', count: 9, of: 9, closeListeners: [], via: '' };
  expect(await print(holding('first', 1000, { detail: { zombies: [closed] } }))).toBe(known);
  expect(await print(holding('second', 1000))).not.toBe(known);
});
