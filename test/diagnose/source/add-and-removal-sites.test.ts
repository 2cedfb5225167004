import { expect, test } from 'vitest';
import { addSitesOf } from '../../../src/diagnose/source/add-sites.ts';
import { findBound } from '../../../src/diagnose/source/bounds.ts';
import type { Declared } from '../../../src/diagnose/source/declared.ts';
import { declaredVariable } from '../../../src/diagnose/source/declarations.ts';
import { guessProperty } from '../../../src/diagnose/source/made-properties.ts';
import { readBackWhereAdded } from '../../../src/diagnose/source/read-back.ts';
import { removalSitesOf } from '../../../src/diagnose/source/removal-sites.ts';
import { positionAt, type Script, Scripts } from '../../../src/diagnose/source/script.ts';
import { keepsWaiters } from '../../../src/diagnose/source/waiters.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';

type Reading = { readonly target: Declared; readonly scripts: Scripts; readonly known: Script[] };

/** The variable `kept` of the first file (`use` marks a function that captures it), or its property `kept`. */
async function read(...files: readonly Drawing[]): Promise<Reading> {
  const scripts = new Scripts(sourcesOf(...files));
  const known = (await Promise.all(files.map((file) => scripts.find(file.url)))).filter(
    (script) => script !== null,
  );
  const [first] = known;
  const at = { url: files[0].url, line: 0, column: 0, function: null };
  const target = (await declaredVariable(scripts, at, 'kept', 'Module')) ?? guessProperty(first, 'kept');
  if (target === null) throw new Error('nothing is called kept');
  return { target, scripts, known };
}

const line = (site: { script: Script; node: { start: number } }): number =>
  positionAt(site.script, site.node.start).line + 1;

async function addLines(...files: readonly Drawing[]): Promise<number[]> {
  const { target, scripts, known } = await read(...files);
  return (await addSitesOf(target, scripts, known)).map(line);
}

async function removalWords(code: string): Promise<string[]> {
  const { target, scripts, known } = await read(draw('/app/a.js', code));
  return (await removalSitesOf(target, scripts, known)).map((site) => site.words);
}

test.each([
  'kept.set(1, 2)',
  'kept.add(1)',
  'kept.push(1)',
  'kept.unshift(1)',
  'kept[key] = 1',
  "kept['on']('x', f)",
  "kept.on('x', f)",
  "kept.once('x', f)",
  '[].map(() => kept.push(1))',
])('adds: %s', async (statement) => {
  const code = `let kept = 1;\nfunction f(key) {\n  ${statement};\n}`;
  expect(await addLines(draw('/app/a.js', code))).toEqual([3]);
});

test.each([
  'kept.get(1)',
  'kept[0] = 1',
  "kept['fixed'] = 1",
  'kept.name = 1',
  'other.push(kept)',
  'const kept = []; kept.push(1)',
  'f(function (kept) { kept.push(1) })',
  'store.kept.push(1)',
])('does not add: %s', async (statement) => {
  const code = `let kept = 1;\nfunction f(key) {\n  ${statement};\n}`;
  expect(await addLines(draw('/app/a.js', code))).toEqual([]);
});

test('what runs for every request comes before what fills the container at the start', async () => {
  const code = 'const kept = [];\nkept.push(1);\nfunction later() {\n  kept.push(2);\n}';
  expect(await addLines(draw('/app/a.js', code))).toEqual([4, 2]);
});

test('another file that imports or requires the container adds to it too', async () => {
  const store = draw('/app/store.js', 'const kept = new Map();\nmodule.exports = { kept };');
  const user = draw(
    '/app/user.js',
    `const { kept: mine } = require('./store');
const store = require('./store');
function f() { mine.set(1, 2); }
//                  ^^ renamed
function g() { store.kept.set(1, 2); }
//                        ^^ whole
function h(kept) { kept.set(1, 2); }
`,
  );
  expect(await addLines(store, user)).toEqual([user.line('renamed'), user.line('whole')]);
});

test("a class's own property is not that of another class in the same file", async () => {
  const file = draw(
    '/app/a.js',
    `class Mine { constructor() { this.kept = []; } add(x) { this.kept.push(x); } }
class Other { constructor() { this.kepts = 1; } add(x) { this.kept.push(x); } }
function outside(mine) { mine.kept.push(1); }`,
  );
  expect(await addLines(file)).toEqual([1, 3]);
});

test.each([
  ['kept.delete(1)', ['kept.delete']],
  ['kept.clear()', ['kept.clear']],
  ['kept.shift()', ['kept.shift']],
  ['kept.splice(0, 9)', ['kept.splice']],
  ["kept.off('x', f)", ['kept.off']],
  ['kept.length = 0', ['kept.length =']],
  ['delete kept[key]', ['delete kept[…]']],
  ['kept = []', ['kept =']],
  ['clearInterval(kept)', ['clearInterval(kept)']],
  ['clearTimeout(kept)', ['clearTimeout(kept)']],
  ['kept.get(1)', []],
  ['other.delete(kept)', []],
  ['f(kept)', []],
  ['const kept = new Map(); kept.delete(1)', []],
])('removes: %s', async (statement, words) => {
  expect(await removalWords(`let kept = [];\nfunction f(key) { ${statement}; }`)).toEqual(words);
});

test('what makes a property in the constructor does not empty it', async () => {
  expect(await removalWords('class A { constructor() { this.kept = []; } }')).toEqual([]);
  expect(
    await removalWords('class A { constructor() { this.kept = []; } end() { this.kept = []; } }'),
  ).toEqual(['kept =']);
});

test.each([
  ['function page(key) { const hit = kept.get(key); if (hit) return hit; kept.set(key, make()); }', true],
  ['function page(key) { if (kept[key]) return; send = () => { kept[key] = 1; }; }', true],
  ['function page(key) { kept.set(key, 1); } function read(key) { return kept.get(key); }', false],
  ['function page(key) { kept[key] = 1; delete kept[key]; }', false],
])('get or make: %s', async (text, expected) => {
  const { target, scripts, known } = await read(draw('/app/a.js', `const kept = new Map();\n${text}`));
  expect(await readBackWhereAdded(target, scripts, known)).toBe(expected);
});

test.each([
  ['return new Promise((resolve, reject) => { kept.set(1, { resolve, reject }); });', true],
  ['return new Promise((done) => kept.push(done));', true],
  ['return new Promise((done) => kept.push(() => done(1)));', true],
  ['return new Promise((done) => kept.push({ name: other.done }));', false],
  ['return new Promise((done) => { kept.push(1); done(); });', false],
  ['return each((resolve) => kept.push(resolve));', false],
])('keeps who waits: %s', async (statement, expected) => {
  const code = `const kept = new Map();\nfunction call() { ${statement} }`;
  const { target, scripts, known } = await read(draw('/app/a.js', code));
  expect(await keepsWaiters(target, scripts, known)).toBe(expected);
});

test.each([
  ['kept.push(x); if (kept.length > 50) kept.shift();', true],
  ['while (kept.size >= MAX) kept.delete(kept.keys().next().value);', true],
  ['kept.length > 50 && kept.splice(0, 10);', true],
  ['if (Object.keys(kept).length > 50) delete kept[first];', true],
  ['if (x.length > 50) kept.shift();', false],
  ['if (kept.length > 50) { later(() => kept.shift()); }', false],
  ['if (kept.length) kept.shift();', false],
  ['kept.push(x); kept.shift();', false],
  ['if (kept.length > 50) warn(kept);', false],
])('bounded by its own size: %s', async (statement, expected) => {
  const code = `let kept = [];\nfunction f(x) { ${statement} }`;
  const { target, scripts, known } = await read(draw('/app/a.js', code));
  expect((await findBound(target, scripts, known)) !== undefined).toBe(expected);
});
