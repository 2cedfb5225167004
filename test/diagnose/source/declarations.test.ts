import { Session } from 'node:inspector';
import { compileFunction } from 'node:vm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Declared } from '../../../src/diagnose/source/declared.ts';
import {
  declaredExports,
  declaredMemberAt,
  declaredProperty,
  declaredVariable,
} from '../../../src/diagnose/source/declarations.ts';
import { positionAt, Scripts } from '../../../src/diagnose/source/script.ts';
import { draw, sourcesOf } from '../drawing.ts';

function lineOf(declared: Declared | null): number | null {
  return declared === null ? null : positionAt(declared.script, declared.node.start).line + 1;
}

// V8 itself is the oracle: it is asked for where each kind of function begins, as the census asks it.
const session = new Session();
beforeAll(() => session.connect());
afterAll(() => session.disconnect());

type Facts = { readonly line: number; readonly column: number; readonly scopes: Map<string, unknown> };

/** What V8 says of a function: its location, and the value of `name` by the description of each scope that has it. */
function askV8(target: object, name: string): Facts {
  const holder = globalThis as { asked?: unknown; taken?: unknown };
  holder.asked = target;
  let facts: Facts | undefined;
  session.post('Runtime.evaluate', { expression: 'asked' }, (_error, { result }) => {
    session.post(
      'Runtime.getProperties',
      { objectId: result.objectId ?? '', ownProperties: true },
      (_, own) => {
        const internals = own.internalProperties ?? [];
        const location = internals.find((entry) => entry.name === '[[FunctionLocation]]')?.value?.value as {
          lineNumber: number;
          columnNumber: number;
        };
        const scopes = new Map<string, unknown>();
        const list = internals.find((entry) => entry.name === '[[Scopes]]')?.value?.objectId ?? '';
        session.post('Runtime.getProperties', { objectId: list, ownProperties: true }, (_, entries) => {
          for (const { value } of entries.result) {
            if (value?.objectId === undefined || value.description === 'Global') continue;
            session.post('Runtime.getProperties', { objectId: value.objectId }, (_, variables) => {
              const found = variables.result.find((variable) => variable.name === name)?.value;
              if (found !== undefined && !scopes.has(value.description ?? '')) {
                scopes.set(value.description ?? '', found.value);
              }
            });
          }
        });
        facts = { line: location.lineNumber, column: location.columnNumber, scopes };
      },
    );
  });
  delete holder.asked;
  if (facts === undefined) throw new Error('V8 did not answer');
  return facts;
}

/** Runs a text as Node runs a CommonJS file, and gives what it exports. */
function run(code: string, url: string): Record<string, object> {
  const module = { exports: {} as Record<string, object> };
  compileFunction(code, ['exports', 'require', 'module'], { filename: url })(
    module.exports,
    () => ({}),
    module,
  );
  return module.exports;
}

const kinds = draw(
  '/app/kinds.js',
  `const kept = new Map();
//    ^^ kept
function declared(a) { return kept; }
const arrow = (a, b) => kept;
const bare = a => kept;
const named = async function inner(a) { return kept; };
const asyncArrow = async (a) => kept;
function* generator(a) { yield kept; }
async function* asyncGenerator() { yield kept; }
class WithConstructor {
  constructor(a) { this.list = [kept]; }
//                      ^^ list
  method(a) { return kept; }
  get getter() { return kept; }
  static fixed(a) { return kept; }
  static async *all() { yield kept; }
  field = (a) => kept;
  #secret() { return kept; }
  secretOf() { return this.#secret; }
}
class Without { entries = [kept]; }
//              ^^ entries
const object = { method(a) { return kept; }, ['computed' + 1](a) { return kept; }, get own() { return kept; } };
const defaults = (a = () => kept, b = function () { return kept; }) => [kept, a, b];
const curried = (kept) => (a) => kept;
//               ^^ shadow
const own = (kept) => { var kept; return kept; };
const instance = new WithConstructor();
Object.assign(exports, {
  declared, own, arrow, bare, named, asyncArrow, generator, asyncGenerator, WithConstructor, Without,
  method: instance.method, field: instance.field, fixed: WithConstructor.fixed, all: WithConstructor.all,
  secret: instance.secretOf(), getter: Object.getOwnPropertyDescriptor(WithConstructor.prototype, 'getter').get,
  objectMethod: object.method, computed: object.computed1,
  accessor: Object.getOwnPropertyDescriptor(object, 'own').get,
  defaults, inDefault: defaults()[1], inDefaultFunction: defaults()[2],
});
exports.inner = curried(new Map());
`,
);
const functions = run(kinds.code, kinds.url);
const scripts = new Scripts(sourcesOf(kinds));

test.each(Object.keys(functions).filter((name) => name !== 'inner'))(
  "from V8's place of %s the variable it captures is found",
  async (name) => {
    const { line, column } = askV8(functions[name], 'kept');
    const location = { url: kinds.url, line, column, function: name };
    const declared = await declaredVariable(scripts, location, 'kept', 'Closure');
    expect(lineOf(declared)).toBe(kinds.line('kept'));
    expect(declared?.moduleLevel).toBe(true);
  },
);

test('a parameter of the function around shadows the variable of the file', async () => {
  const { line, column } = askV8(functions.inner, 'kept');
  const declared = await declaredVariable(
    scripts,
    { url: kinds.url, line, column, function: null },
    'kept',
    'Closure (curried)',
  );
  expect(lineOf(declared)).toBe(kinds.line('shadow'));
  expect(declared?.moduleLevel).toBe(false);
});

test("from V8's place of a class its members are found, with a constructor and without", async () => {
  const at = (name: string) => ({ url: kinds.url, ...askV8(functions[name], ''), function: name });
  expect(lineOf(await declaredMemberAt(scripts, at('WithConstructor'), 'list'))).toBe(kinds.line('list'));
  expect(lineOf(await declaredMemberAt(scripts, at('Without'), 'entries'))).toBe(kinds.line('entries'));
  expect(await declaredMemberAt(scripts, at('Without'), 'list')).toBeNull();
});

test('of names that shadow one another, the one V8 has in that scope is found', async () => {
  // A tower of functions; each may declare `kept` on a line of its own, with that line as its value.
  const level = fc.record({
    kind: fc.constantFrom('function', 'arrow', 'method', 'block'),
    declares: fc.constantFrom(null, 'const', 'var'),
    padding: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(level, { minLength: 1, maxLength: 7 }), async (levels) => {
      const lines = ['const kept = 1;', 'const all = [];', 'all.push(() => kept);'];
      const ends: string[] = [];
      for (const [index, { kind, declares, padding }] of levels.entries()) {
        for (let blank = 0; blank < padding; blank += 1) lines.push(' '.repeat(blank));
        const [open, close] = {
          function: [`function f${index}() {`, `} f${index}();`],
          arrow: [`const f${index} = () => {`, `}; f${index}();`],
          method: [`({ f${index}() {`, `} }).f${index}();`],
          block: ['{', '}'],
        }[kind];
        lines.push(open);
        ends.push(close);
        // Captured at every level, so that V8 keeps it in a context even where it is shadowed below.
        // A `var` in a block belongs to the function around, where a second one would overwrite its value.
        if (declares !== null) {
          const word = kind === 'block' ? 'const' : declares;
          lines.push(`${word} kept = ${lines.length + 1};`, 'all.push(() => kept);');
        }
      }
      lines.push('all.push(() => kept);', ...ends.reverse(), 'exports.all = all;');
      const code = lines.join('\n');
      const own = new Scripts(sourcesOf({ url: '/app/tower.js', code, map: null }));
      for (const target of run(code, '/app/tower.js').all as unknown as (() => number)[]) {
        const { line, column, scopes } = askV8(target, 'kept');
        const location = { url: '/app/tower.js', line, column, function: null };
        expect(scopes.size).toBeGreaterThan(0);
        for (const [scope, value] of scopes) {
          // Blocks and anonymous closures have no name to tell them apart by: the innermost is meant.
          if (!scope.startsWith('Closure (') && value !== target()) continue;
          expect([scope, lineOf(await declaredVariable(own, location, 'kept', scope))]).toEqual([
            scope,
            value,
          ]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** The line and name of what `module.exports` of the first file, and then these properties, are declared as. */
async function exported(
  files: readonly ReturnType<typeof draw>[],
  ...keys: readonly string[]
): Promise<{ line: number | null; name: string | undefined; url: string | undefined }> {
  const scripts = new Scripts(sourcesOf(...files));
  let declared = await declaredExports(scripts, files[0].url);
  for (const key of keys) {
    declared = declared?.value == null ? null : await declaredProperty(scripts, declared.value, key);
  }
  return { line: lineOf(declared), name: declared?.name, url: declared?.script.url };
}

test('an export is followed to the variable it names', async () => {
  const bus = draw('/app/bus.js', `const bus = new EventEmitter();\n//    ^^ bus\nmodule.exports = bus;`);
  expect(await exported([bus])).toEqual({ line: bus.line('bus'), name: 'bus', url: bus.url });
});

test.each([
  ['a list of exports', 'const pages = {};\n//    ^^ here\nmodule.exports = { pages };'],
  ['a renamed export', 'const store = {};\n//    ^^ here\nmodule.exports = { pages: store };'],
  ['one export', 'exports.pages = new Map();\n// ^^ here'],
  [
    'one export of module.exports',
    'module.exports = function () {};\nmodule.exports.pages = {};\n// ^^ here',
  ],
  ['both in one', 'exports = module.exports = {\n  pages: {},\n//^^ here\n};'],
  ['what TypeScript writes', 'exports.pages = void 0;\nexports.pages = new Map();\n// ^^ here'],
  ['an ES export', 'export const pages = new Map();\n//           ^^ here'],
  ['an ES export by another name', 'const store = {};\n//    ^^ here\nexport { store as pages };'],
  [
    'a class',
    'class Store { constructor() {\n  this.pages = {};\n//  ^^ here\n} }\nmodule.exports = new Store();',
  ],
  [
    'what a function makes',
    'function make() {\n  return {\n    pages: {},\n//  ^^ here\n}; }\nmodule.exports = make();',
  ],
  ['a frozen object', 'module.exports = Object.freeze({\n  pages: {},\n//^^ here\n});'],
])('a property of the exports is found: %s', async (_, code) => {
  const file = draw('/app/pages.js', code);
  expect((await exported([file], 'pages')).line).toBe(file.line('here'));
});

test('a variable that only names what another file has is that', async () => {
  const store = draw(
    '/app/lib/store.js',
    `const drafts = new Map();
//    ^^ drafts
class Store { constructor() { this.items = []; } }
//                                 ^^ items
module.exports = { drafts, Store, shared: new Store() };`,
  );
  const user = draw(
    '/app/server.js',
    `const { drafts, shared: mine } = require('./lib/store');
const all = require('./lib/store.js');
const { drafts: renamed } = require('./lib/../lib/store');
module.exports = { drafts, renamed, mine, all, express: require('express') };`,
  );
  const files = [user, store];
  expect((await exported(files, 'drafts')).url).toBe(store.url);
  expect((await exported(files, 'drafts')).line).toBe(store.line('drafts'));
  expect(await exported(files, 'renamed')).toEqual(await exported(files, 'drafts'));
  expect((await exported(files, 'all', 'drafts')).line).toBe(store.line('drafts'));
  expect((await exported(files, 'mine', 'items')).line).toBe(store.line('items'));
  // Packages can't be found without a file system: the line that requires one is what is known.
  expect((await exported(files, 'express')).url).toBe(user.url);
});

test('imports are followed, by name, as a whole, and through an index', async () => {
  const store = draw(
    'file:///app/store.js',
    `export const drafts = new Map();
//           ^^ drafts
export default drafts;`,
  );
  const index = draw('file:///app/index.js', `export { drafts as kept } from './store.js';`);
  const user = draw(
    'file:///app/server.js',
    `import { kept as mine } from './index.js';
import whole from './store.js';
import * as all from './store.js';
export const use = () => [mine, whole, all];
//                 ^^ use`,
  );
  const scripts = new Scripts(sourcesOf(sourceByPath(store), sourceByPath(index), user));
  const found = (name: string) => declaredVariable(scripts, user.at('use'), name, 'Module');
  for (const name of ['mine', 'whole']) {
    const declared = await found(name);
    expect([name, lineOf(declared), declared?.name]).toEqual([name, store.line('drafts'), 'drafts']);
  }
  const all = await found('all');
  expect(lineOf(all?.value ? await declaredProperty(scripts, all.value, 'drafts') : null)).toBe(
    store.line('drafts'),
  );
});

/** The same file under its path: what a relative specifier resolves to. */
function sourceByPath(file: ReturnType<typeof draw>): { url: string; code: string; map: null } {
  return { url: file.url.replace('file://', ''), code: file.code, map: null };
}

test("in a bundler's wrappers the files' own exports are found", async () => {
  const bundle = draw(
    '/app/dist/bundle.js',
    `var wrap = (f, m) => () => (m || f[Object.keys(f)[0]]((m = { exports: {} }).exports, m), m.exports);
var require_bus = wrap({ "src/bus.js"(exports, module) {
  var bus = new EventEmitter();
//    ^^ bus
  module.exports = bus;
} });
var require_pages = wrap((e, t) => { var n = {}; t.exports = { pages: n }; });
//                                       ^^ pages
var bus = require_bus();
var { pages } = require_pages();
const handler = () => [bus, pages];
//              ^^ handler`,
  );
  const scripts = new Scripts(sourcesOf(bundle));
  const bus = await declaredVariable(scripts, bundle.at('handler'), 'bus', 'Closure');
  expect([lineOf(bus), bus?.moduleLevel]).toEqual([bundle.line('bus'), true]);
  const pages = await declaredVariable(scripts, bundle.at('handler'), 'pages', 'Closure');
  expect([lineOf(pages), pages?.moduleLevel]).toEqual([bundle.line('pages'), true]);
});

test('a function handed to what is imported or made elsewhere is no wrapper of a file', async () => {
  for (const made of [
    "import { createServer } from 'node:http';",
    "const { createServer } = require('node:http');",
    'const { createServer } = http;',
  ]) {
    const file = draw(
      '/app/server.js',
      `${made}
const server = createServer((request, response) => {
  const seen = new Set();
  const handler = () => [request, seen];
//              ^^ handler
});`,
    );
    const scripts = new Scripts(sourcesOf(file));
    for (const name of ['request', 'seen']) {
      const declared = await declaredVariable(scripts, file.at('handler'), name, 'Closure');
      expect([made, name, declared?.moduleLevel]).toEqual([made, name, false]);
    }
  }
});

test('members are found in fields, constructors, methods and classes above, public, private and static', async () => {
  const file = draw(
    '/app/classes.js',
    `class Base {
//^^ Base
  #hidden = new Map();
//^^ #hidden
  open() { this.late = []; }
//              ^^ late
}
class Hub extends Base {
//^^ Hub
  static all = new Set();
//       ^^ all
  clients = new Set();
//^^ clients
  constructor() { super(); this.rooms = {}; }
//           ^^ constructor
//                              ^^ rooms
  nested() { return function () { this.rooms = 1; }; }
}
function Old() { this.queue = []; }
//           ^^ Old
//                    ^^ queue`,
  );
  const scripts = new Scripts(sourcesOf(file));
  for (const key of ['all', 'clients', 'rooms', 'late', '#hidden']) {
    const declared = await declaredMemberAt(scripts, file.at('constructor'), key);
    expect([key, lineOf(declared)]).toEqual([key, file.line(key)]);
    expect(declared?.moduleLevel).toBe(key === 'all');
  }
  expect(lineOf(await declaredMemberAt(scripts, file.at('Old'), 'queue'))).toBe(file.line('queue'));
});

test('of two declarations with `var`, the one that says what it is counts', async () => {
  const text = 'var kept;\nvar kept = new Map();\nvar kept;\nconst use = () => kept;';
  const scripts = new Scripts(sourcesOf({ url: '/app/a.js', code: text, map: null }));
  const at = { url: '/app/a.js', line: 3, column: 12, function: null };
  expect(lineOf(await declaredVariable(scripts, at, 'kept', 'Closure'))).toBe(2);
});

test('a text that is no JavaScript and a script that is gone have no declarations', async () => {
  const typescript = { url: '/app/a.ts', code: 'const a: Map<string, number> = new Map();', map: null };
  const scripts = new Scripts(sourcesOf(typescript));
  const at = (url: string) => ({ url, line: 0, column: 0, function: null });
  expect(await declaredVariable(scripts, at('/app/a.ts'), 'a', 'Module')).toBeNull();
  expect(await declaredVariable(scripts, at('/app/gone.js'), 'a', 'Module')).toBeNull();
  expect(await declaredExports(scripts, '/app/gone.js')).toBeNull();
});
