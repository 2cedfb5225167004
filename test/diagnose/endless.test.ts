import { describe, expect, test } from 'vitest';
import { draw } from './drawing.ts';
import { growing, listeners, root, timer, trap, variable } from './growing.ts';
import { findingOf } from './rules/finding-of.ts';

type Container = 'Array' | 'Set' | 'Map' | 'Object';

/** Whether a module's variable that grows is found endless, with this text to read and maybe another file of the program. */
async function endless(
  type: Container,
  text: string,
  more: {
    readonly elementType?: string;
    readonly removed?: number;
    readonly unseen?: boolean;
    readonly otherFile?: string;
  } = {},
): Promise<boolean | undefined> {
  const file = draw('/app/a.js', `${text}\n//${' '.repeat(text.length)}`);
  const at = { url: '/app/a.js', line: 2, column: 10, function: null };
  const files = [
    file,
    ...(more.otherFile === undefined ? [] : [draw('/app/other.js', `${more.otherFile}\n`)]),
  ];
  const container = growing(type, [root('modules'), variable('kept', at)], {
    detail: { elementType: more.elementType ?? 'Object' },
    trap: trap(more.unseen === true ? [] : [{ count: 9, stack: [at] }], more.removed ?? 0),
  });
  const found = await findingOf(container, files, { programScripts: ['/app/a.js', '/app/other.js'] });
  expect(found.addedAt?.location.file).toBe('a.js');
  return found.endless;
}

const array = (uses: string): string =>
  `const kept = [];\nfunction add(request) { kept.push({ request }); }\n${uses}`;
const map = (key: string): string =>
  `const kept = new Map();\nfunction add(request) { kept.set(${key}, { request }); }`;

describe('nothing ends the growth of', () => {
  test('an array that is only appended to', async () => {
    expect(await endless('Array', array(''))).toBe(true);
  });

  test('one that is looked at, counted and exported', async () => {
    const uses =
      'function last() { for (const one of kept) log(one.request); return kept.length; }\nmodule.exports = { kept, last };';
    expect(await endless('Array', array(uses))).toBe(true);
    expect(await endless('Array', array('exports.kept = kept;'))).toBe(true);
  });

  test('a Set of objects that nobody asks', async () => {
    expect(
      await endless('Set', 'const kept = new Set();\nfunction add(request) { kept.add(request); }'),
    ).toBe(true);
  });

  test('a Map whose keys never repeat', async () => {
    expect(await endless('Map', map('`${request.url} ${Date.now()}`'))).toBe(true);
  });
});

describe('something may end the growth of', () => {
  test.each([
    ['an array that is cut', 'function cut() { kept.shift(); }'],
    ['one that is begun anew', 'function flush() { kept.length = 0; }'],
    ['one that is given to a function', 'setInterval(() => flush(kept), 60_000);'],
    ['one that is returned', 'function all() { return kept; }'],
    ['one that is returned by an arrow', 'const all = () => kept;'],
    ['one with a second name', 'const list = kept;'],
    ['one that becomes part of something else', 'start({ kept });'],
    ['one in a list of such', 'const all = [kept, []];'],
  ])('%s', async (_, uses) => {
    expect(await endless('Array', array(uses))).toBe(false);
  });

  test('an array that another file takes from', async () => {
    const otherFile = "const { kept } = require('./a.js');\nsetInterval(() => kept.splice(0), 60_000);";
    expect(await endless('Array', array('module.exports = { kept };'), { otherFile })).toBe(false);
  });

  test('an array of which entries were seen to leave', async () => {
    expect(await endless('Array', array(''), { removed: 3 })).toBe(false);
  });

  test('an array to which nothing was seen to be added', async () => {
    expect(await endless('Array', array(''), { unseen: true })).toBe(false);
  });

  test.each([
    'function isFull() { return kept.length >= MAX; }',
    'function more() { const size = kept.length; return size < MAX; }',
    'function more() { if (MAX > kept.length) add({}); }',
  ])('an array whose size is asked for: %s', async (uses) => {
    expect(await endless('Array', array(uses))).toBe(false);
    expect(await endless('Array', array('function some() { return kept.length > 0; }'))).toBe(true);
  });

  test('a ring: its entries are written over', async () => {
    const uses = 'let next = 0;\nfunction replace(request) { kept[next++ % 100] = request; }';
    expect(await endless('Array', array(uses))).toBe(false);
  });

  test('what is filed under keys that may come again', async () => {
    expect(await endless('Map', map('request.user'))).toBe(false);
    expect(
      await endless(
        'Object',
        'const kept = {};\nfunction add(request) { kept[request.user] = { request }; }',
      ),
    ).toBe(false);
  });

  test('a Set of names, or one that is asked first', async () => {
    const add = 'const kept = new Set();\nfunction add(request) { kept.add(request.user); }';
    expect(await endless('Set', add, { elementType: 'string' })).toBe(false);
    const ask =
      'const kept = new Set();\nfunction add(request) { if (!kept.has(request)) kept.add(request); }';
    expect(await endless('Set', ask)).toBe(false);
  });
});

test('listeners: endless if the text never takes one off', async () => {
  const text = (more: string): string =>
    `const bus = new EventEmitter();\nfunction subscribe(request) { bus.on('change', () => request); }\n${more}`;
  const found = async (more: string): Promise<boolean | undefined> => {
    const file = draw('/app/a.js', `${text(more)}\n//   `);
    const at = { url: '/app/a.js', line: 2, column: 10, function: null };
    const container = growing('listeners', [root('modules'), variable('bus', at), listeners('change')], {
      trap: trap([{ count: 9, stack: [at] }]),
    });
    return (await findingOf(container, [file], { programScripts: ['/app/a.js'] })).endless;
  };
  expect(await found('')).toBe(true);
  expect(await found("function leave(f) { bus.off('change', f); }")).toBe(false);
});

test('intervals: endless if the text never clears them', async () => {
  const found = async (more: string): Promise<boolean | undefined> => {
    const file = draw(
      '/app/a.js',
      `function connected(socket) {\n  const beat = setInterval(() => socket.write('.'), 1000);\n//                         ^^ beat\n${more}\n}`,
    );
    const at = file.at('beat');
    const container = growing('timers', [root('timers'), timer(at)], {
      detail: { timers: [{ repeat: true, intervalMs: 1000, count: 100, callback: at }] },
    });
    return (await findingOf(container, [file], { programScripts: ['/app/a.js'] })).endless;
  };
  expect(await found('')).toBe(true);
  expect(await found("  socket.on('close', () => clearInterval(beat));")).toBe(false);
});
