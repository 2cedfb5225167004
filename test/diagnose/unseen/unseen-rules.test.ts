import { describe, expect, test } from 'vitest';
import type { AllocationStack } from '../../../src/core/allocations.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { unseenRules } from '../../../src/diagnose/rules/all-unseen.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';
import { context, internal } from '../growing.ts';
import { builtin, staying, windowOf } from '../staying.ts';

const emit = internal('node:events', 'emit');

/** What is told where the walks saw nothing grow, of 100 KB a second. */
function findings(files: readonly Drawing[], ...stacks: readonly AllocationStack[]): Promise<Finding[]> {
  return diagnose(
    [],
    context(sourcesOf(...files), { slopeBytesPerSecond: 100_000, allocations: windowOf(...stacks) }),
  );
}

function told(found: readonly Finding[]): unknown[] {
  return found.map(({ kind, heldBy, addedAt }) => ({
    kind,
    name: heldBy.name,
    held: heldBy.location?.line ?? null,
    added: addedAt?.location.line ?? null,
  }));
}

const KEPT = 'kept-out-of-sight';

test('race-against-eternal-promise: a promise of the module in a race of each call, and what the race ended with', async () => {
  const file = draw(
    '/app/forecast.js',
    `const stopping = new Promise((resolve) => process.once('SIGTERM', resolve));
//    ^^ stopping
async function run(model) {
//                ^^ run
  return model.slice();
}
async function forecast(model) {
//                     ^^ forecast
  return Promise.race([run(model), stopping]);
//       ^^ race
}`,
  );
  const found = await findings(
    [file],
    staying(90_000, file.at('run')),
    staying(5000, builtin('then'), builtin('race'), file.at('forecast'), emit),
  );
  expect(told(found)).toEqual([
    {
      kind: 'race-against-eternal-promise',
      name: 'stopping',
      held: file.line('stopping'),
      added: file.line('race'),
    },
  ]);
  // What a race keeps is one growth with it, and made where its racers are.
  expect(found[0].retained.bytesPerSecond).toBe(95_000);
  expect(found[0].allocatedAt?.location.function).toBe('run');
});

test('race-against-eternal-promise: passed to a helper, it is named where it is passed', async () => {
  const file = draw(
    '/app/stoppable.js',
    `const closed = new Promise(() => {});
//    ^^ closed
function orClosed(work, until) {
//               ^^ orClosed
  return Promise.race([work, until]);
//       ^^ race
}
function onRequest(request) {
//                ^^ onRequest
  return orClosed(request.load(), closed);
}`,
  );
  const stack = [builtin('race'), file.at('orClosed'), file.at('onRequest'), emit];
  expect(told(await findings([file], staying(90_000, ...stack)))).toEqual([
    {
      kind: 'race-against-eternal-promise',
      name: 'closed',
      held: file.line('closed'),
      added: file.line('race'),
    },
  ]);
});

test.each([
  ['a list that was made before', 'const racers = [run(model), stopping];\n  return Promise.race(racers);'],
  ['a helper that is passed the work', 'return orStopped(run(model));'],
  ['a method of its own', 'return Promise.any([stopping, run(model)]);'],
])('race-against-eternal-promise: %s', async (_, body) => {
  const file = draw(
    '/app/forecast.js',
    `const stopping = new Promise(() => {});
//    ^^ stopping
function run(model) {
//          ^^ run
  return model.slice();
}
const orStopped = (work) => Promise.race([work, stopping]);
//                ^^ orStopped
function forecast(model) {
//               ^^ forecast
  ${body}
}`,
  );
  const racing = body.includes('orStopped') ? [file.at('orStopped')] : [];
  const name = body.includes('any') ? 'any' : 'race';
  const found = await findings(
    [file],
    staying(60_000, file.at('run')),
    staying(9000, builtin(name), ...racing, file.at('forecast'), emit),
  );
  expect(told(found)).toMatchObject([
    { kind: 'race-against-eternal-promise', name: 'stopping', held: file.line('stopping') },
  ]);
});

test('race-against-eternal-promise: a member of which the text says no more is found by what it is a member of', async () => {
  const file = draw(
    '/app/stop.js',
    `const stop = Promise.withResolvers();
//    ^^ stop
function forecast(model) {
//               ^^ forecast
  return Promise.race([model.run(), stop.promise]);
}`,
  );
  const stack = staying(90_000, builtin('race'), file.at('forecast'), emit);
  expect(told(await findings([file], stack))).toMatchObject([
    { kind: 'race-against-eternal-promise', name: 'stop.promise', held: file.line('stop') },
  ]);
});

test('race-against-eternal-promise: a race that leaves nothing behind is not it', async () => {
  const file = draw(
    '/app/forecast.js',
    `const stopping = new Promise(() => {});
function forecast(model) {
//               ^^ forecast
  kept.push(model);
  return Promise.race([model.run(), stopping]);
}
const kept = [];
//    ^^ kept`,
  );
  // What `race` itself allocates does not stay.
  expect(told(await findings([file], staying(90_000, file.at('forecast'), emit)))[0]).toMatchObject({
    kind: 'collection-out-of-sight',
    held: file.line('kept'),
  });
});

test('race-against-eternal-promise: a race of promises that are all its own keeps nothing', async () => {
  const file = draw(
    '/app/timeout.js',
    `async function load(request, after) {
//                 ^^ load
  const late = new Promise((resolve) => setTimeout(resolve, 100));
  return Promise.race([request.load(), late, after]);
}`,
  );
  const stack = staying(90_000, builtin('race'), file.at('load'), emit);
  expect(told(await findings([file], stack))).toMatchObject([{ kind: KEPT, held: null }]);
});

const cursors = (held: string): Drawing =>
  draw(
    '/app/cursor.cjs',
    `const forgotten = new FinalizationRegistry((close) => close());
//    ^^ forgotten
function open(rows, pool) {
//           ^^ open
  const cursor = { rows };
  forgotten.register(cursor, ${held});
//^^ register
  return cursor;
}`,
  );

test.each([
  ['() => cursor.close()'],
  ['cursor'],
  ['{ cursor, at: 1 }'],
  ['function () { return cursor }'],
  ['cursor.close.bind(cursor)'],
])('finalizer-keeps-target: %s reaches the object itself', async (held) => {
  const file = cursors(held);
  const stack = staying(90_000, builtin('register'), file.at('open'), emit);
  expect(told(await findings([file], stack))).toEqual([
    {
      kind: 'finalizer-keeps-target',
      name: 'forgotten',
      held: file.line('forgotten'),
      added: file.line('register'),
    },
  ]);
});

test.each([
  ['() => pool.close()'],
  ['rows.id'],
  ['cursor.id'],
  ['{ at: rows.cursor }'],
  ['(cursor) => cursor.close()'],
])('finalizer-keeps-target: %s does not', async (held) => {
  const file = cursors(held);
  const stack = staying(90_000, builtin('register'), file.at('open'), emit);
  expect(told(await findings([file], stack))).toMatchObject([{ kind: KEPT }]);
});

test('context-keeps-predecessor: a closure beside those that are kept names the old value', async () => {
  const file = draw(
    '/app/prices.js',
    `let active = null;
function install(rows) {
//              ^^ install
  const before = active;
//      ^^ before
  const describe = () => before.size + rows.length;
  log(describe);
  active = { size: rows.length, priceOf: (sku) => rows.find((row) => row.sku === sku) };
//^^ replaced
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('install'), emit)))).toEqual([
    {
      kind: 'context-keeps-predecessor',
      name: 'before',
      held: file.line('before'),
      added: file.line('replaced'),
    },
  ]);
});

test('context-keeps-predecessor: in a collection that gains no entry', async () => {
  const file = draw(
    '/app/prices.js',
    `const byShop = new Map();
function install(shop, rows) {
//              ^^ install
  const before = byShop.get(shop);
//      ^^ before
  const describe = () => before.size + rows.length;
  log(describe);
  byShop.set(shop, { priceOf: (sku) => rows.find((row) => row.sku === sku) });
//^^ replaced
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('install'), emit)))).toEqual([
    {
      kind: 'context-keeps-predecessor',
      name: 'before',
      held: file.line('before'),
      added: file.line('replaced'),
    },
  ]);
});

test.each([
  ['no closure uses the old value', 'const size = before.size;', 'priceOf: () => rows'],
  ['the new value has no closure', 'log(() => before);', 'rows'],
])('context-keeps-predecessor: %s', async (_, use, property) => {
  const file = draw(
    '/app/prices.js',
    `let active = null;
function install(rows) {
//              ^^ install
  const before = active;
  ${use}
  active = { ${property} };
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('install'), emit)))).toMatchObject([
    { kind: KEPT },
  ]);
});

test('chain-never-cut: each names the next, and a variable holds the oldest', async () => {
  const file = draw(
    '/app/changes.js',
    `let oldest = null;
//  ^^ oldest
let newest = null;
function append(words) {
//             ^^ append
  const change = { words, next: null };
  if (newest === null) oldest = change;
  else newest.next = change;
//     ^^ linked
  newest = change;
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('append'), emit)))).toEqual([
    { kind: 'chain-never-cut', name: 'oldest', held: file.line('oldest'), added: file.line('linked') },
  ]);
});

test.each([
  ['both are set at once', 'let newest = oldest;', 'newest = newest.next = change;'],
  ['one after the other', 'let newest = oldest;', 'newest.next = change; newest = change;'],
])('chain-never-cut: it began with the oldest, %s', async (_, first, body) => {
  const file = draw(
    '/app/changes.js',
    `const oldest = { words: '', next: null };
//    ^^ oldest
${first}
function append(words) {
//             ^^ append
  const change = { words, next: null };
  ${body}
//^^ linked
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('append'), emit)))).toEqual([
    { kind: 'chain-never-cut', name: 'oldest', held: file.line('oldest'), added: file.line('linked') },
  ]);
});

test.each([
  ['a link that is set by itself', 'const change = { words }; change.previous = newest; newest = change;'],
  ['a constructor', 'newest = new Change(words, newest);'],
])('chain-never-cut: each names the one before, by %s', async (_, body) => {
  const file = draw(
    '/app/changes.js',
    `let newest = null;
//  ^^ newest
function append(words) {
//             ^^ append
  ${body}
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('append'), emit)))).toMatchObject([
    { kind: 'chain-never-cut', name: 'newest', held: file.line('newest') },
  ]);
});

test.each([
  ['a state that is made anew from the one before', 'newest = { ...newest, words };'],
  ['what a function makes of it', 'newest = reduce(newest, words);'],
  ['a part of it', 'newest = { words, count: newest.count };'],
])('chain-never-cut: %s is no chain', async (_, body) => {
  const file = draw(
    '/app/changes.js',
    `let newest = null;
function append(words) {
//             ^^ append
  ${body}
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('append'), emit)))).toMatchObject([
    { kind: KEPT },
  ]);
});

test('chain-never-cut: each names the one before, and a variable holds the newest', async () => {
  const file = draw(
    '/app/changes.js',
    `class History {
  newest = null;
//^^ newest
  append(words) {
//      ^^ append
    this.newest = { words, previous: this.newest };
//  ^^ linked
  }
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('append'), emit)))).toEqual([
    { kind: 'chain-never-cut', name: 'newest', held: file.line('newest'), added: file.line('linked') },
  ]);
});

test('chain-never-cut: a chain of which the end moves on is less sure', async () => {
  const body = (cut: string): Drawing =>
    draw(
      '/app/changes.js',
      `let oldest = null;
let newest = null;
function append(words) {
//             ^^ append
  const change = { words, next: null };
  if (newest === null) oldest = change;
  else newest.next = change;
  newest = change;
}
function drop() {
  ${cut}
}`,
    );
  const confidence = async (cut: string): Promise<number> => {
    const file = body(cut);
    const [found] = await findings([file], staying(90_000, file.at('append'), emit));
    expect(found.kind).toBe('chain-never-cut');
    return found.confidence;
  };
  expect(await confidence('oldest = oldest.next;')).toBeLessThan(await confidence('return oldest.next;'));
});

test('pending-promise: whoever waits for a promise of the module', async () => {
  const file = draw(
    '/app/ready.js',
    `const ready = new Promise(() => {});
//    ^^ ready
function onRequest(request) {
//                ^^ onRequest
  return ready.then(() => request.answer());
//       ^^ then
}`,
  );
  const stack = staying(90_000, builtin('then'), file.at('onRequest'), emit);
  expect(told(await findings([file], stack))).toEqual([
    { kind: 'pending-promise', name: 'ready', held: file.line('ready'), added: file.line('then') },
  ]);
});

const gate = (waits: string): Drawing =>
  draw(
    '/app/gate.js',
    `const opened = new Promise(() => {});
//    ^^ opened
async function onRequest(request) {
//                      ^^ onRequest
  const seen = [request.id];
  ${waits};
//^^ await
  return seen;
}`,
  );

test('pending-promise: an async function that waits and does not go on', async () => {
  const file = gate('await opened');
  expect(told(await findings([file], staying(90_000, file.at('onRequest'), emit)))).toEqual([
    { kind: 'pending-promise', name: 'opened', held: file.line('opened'), added: file.line('await') },
  ]);
});

test('pending-promise: one that goes on does not wait for it', async () => {
  const file = gate('await opened');
  const found = await findings(
    [file],
    staying(90_000, file.at('onRequest'), emit),
    // V8 goes on with an async function through a frame without a name.
    staying(1000, file.at('onRequest'), { url: '', line: -1, column: -1, function: null }),
  );
  expect(told(found)).toMatchObject([{ kind: KEPT }]);
});

test('pending-promise: a queue of promises behind one that does not settle', async () => {
  const file = draw(
    '/app/mutex.js',
    `class Mutex {
  #tail = Promise.resolve();
//^^ tail
  run(job) {
//   ^^ run
    this.#tail = this.#tail.then(() => job());
//               ^^ then
    return this.#tail;
  }
}`,
  );
  const stack = staying(90_000, builtin('then'), file.at('run'), emit);
  expect(told(await findings([file], stack))).toEqual([
    { kind: 'pending-promise', name: '#tail', held: file.line('tail'), added: file.line('then') },
  ]);
});

test('pending-promise: a promise that a package is handed, and what is known of that package', async () => {
  const adapter = draw(
    '/app/node_modules/axios/lib/adapters/http.js',
    `module.exports = function httpAdapter(config) {
//                                   ^^ httpAdapter
  return new Promise(function dispatchHttpRequest(resolve) {
//                                               ^^ dispatch
    config.cancelToken.promise.then(function onCanceled(cancel) {
//  ^^ then
      resolve(cancel);
    });
  });
};`,
  );
  const manifest = draw('/app/node_modules/axios/package.json', '{ "name": "axios", "version": "0.21.4" }');
  const file = draw(
    '/app/server.js',
    `function onRequest(id) {
//                ^^ onRequest
  return axios.get(id, { cancelToken });
}`,
  );
  const inner = [
    adapter.at('dispatch', 'dispatchHttpRequest'),
    builtin('Promise'),
    adapter.at('httpAdapter', 'httpAdapter'),
  ];
  const found = await findings(
    [adapter, manifest, file],
    staying(50_000, ...inner, file.at('onRequest'), emit),
    staying(9000, builtin('then'), ...inner, file.at('onRequest'), emit),
  );
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    kind: 'pending-promise',
    heldBy: { name: 'config.cancelToken.promise', location: { package: 'axios' } },
    addedAt: { location: { line: adapter.line('then'), package: 'axios' } },
    knownLeak: { package: 'axios', installed: '0.21.4' },
    retained: { bytesPerSecond: 59_000 },
  });
  // The user's call into the package.
  expect(found[0].addedAt?.stack.at(-1)).toMatchObject({ file: 'server.js', function: 'onRequest' });
});

test('pending-promise: what is handed over is not blamed where nobody who waits stays', async () => {
  const file = draw(
    '/app/ready.js',
    `function onRequest(request) {
//                ^^ onRequest
  return request.ready.then(() => request.answer());
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('onRequest'), emit)))).toMatchObject([
    { kind: KEPT },
  ]);
});

test('pending-promise: a promise of the call itself keeps nobody else', async () => {
  const file = draw(
    '/app/ready.js',
    `function onRequest(request) {
//                ^^ onRequest
  const ready = request.load();
  return ready.then(() => request.answer());
}`,
  );
  const stack = staying(90_000, builtin('then'), file.at('onRequest'), emit);
  expect(told(await findings([file], stack))).toMatchObject([{ kind: KEPT }]);
});

const uploads = draw(
  '/app/upload.cjs',
  `class Upload {
  static #open = new Map();
//       ^^ open
  static begin(name, parts) {
//            ^^ begin
    const upload = new Upload(name, parts);
    Upload.#open.set(upload.id, upload);
//               ^^ set
    return upload;
  }
  constructor(name, parts) {
//           ^^ constructor
    this.parts = parts.map((part) => ({ part }));
  }
}
function route(body) {
//            ^^ route
  const { name, parts } = JSON.parse(body);
  return Upload.begin(name, parts);
}`,
);

test('collection-out-of-sight: the text puts it into a private static, and what it was made of with it', async () => {
  const found = await findings(
    [uploads],
    staying(
      60_000,
      builtin('map'),
      uploads.at('constructor'),
      uploads.at('begin'),
      uploads.at('route'),
      emit,
    ),
    staying(20_000, builtin('parse'), uploads.at('route'), emit),
  );
  expect(told(found)).toEqual([
    {
      kind: 'collection-out-of-sight',
      name: '#open',
      held: uploads.line('open'),
      added: uploads.line('set'),
    },
  ]);
  expect(found[0].heldBy.size).toBeNull();
  expect(found[0].retained.bytesPerSecond).toBe(80_000);
});

test.each([
  ['one of its own', 'const kept = [];', 'kept.push(made);'],
  ['a fixed key', 'kept.last = made;', ''],
  ['a count', 'kept[id] = kept[id] - 1;', ''],
  ['a ring', 'kept[(next += 1) % 500] = made;', ''],
  ['one that is kept by its keys', 'weak.set(made, id);', ''],
  ['one with a bound', 'kept.push(made); if (kept.length > 50) kept.shift();', ''],
])('collection-out-of-sight: %s is none', async (_, first, second) => {
  const file = draw(
    '/app/route.js',
    `let kept = [];
const weak = new WeakMap();
let next = 0;
function route(id) {
//            ^^ route
  const made = { id };
  ${first}
  ${second}
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('route'), emit)))).toMatchObject([
    { kind: KEPT },
  ]);
});

test("collection-out-of-sight: a closure's, of a function that ran once", async () => {
  const file = draw(
    '/app/memoize.js',
    `function memoize(ask) {
//              ^^ memoize
  const answers = new Map();
//      ^^ answers
  return (query) => {
//       ^^ remember
    const answer = ask(query);
    answers.set(query.id, answer);
//          ^^ set
    return answer;
  };
}`,
  );
  expect(told(await findings([file], staying(90_000, file.at('remember'), emit)))).toEqual([
    { kind: 'collection-out-of-sight', name: 'answers', held: file.line('answers'), added: file.line('set') },
  ]);
  // Were it called for each request, its map would go with the request.
  const each = [file.at('remember'), file.at('memoize'), emit];
  expect(told(await findings([file], staying(90_000, ...each)))).toMatchObject([{ kind: KEPT }]);
});

test("collection-out-of-sight: an object's own that is made again and again goes with the object", async () => {
  const file = draw(
    '/app/job.js',
    `class Job {
  parts = [];
//^^ parts
  constructor(id) {
//           ^^ constructor
    this.id = { id };
  }
  take(part) {
//    ^^ take
    this.parts.push(part);
//             ^^ push
  }
}`,
  );
  const takes = staying(90_000, file.at('take'), emit);
  expect(told(await findings([file], takes))).toEqual([
    { kind: 'collection-out-of-sight', name: 'parts', held: file.line('parts'), added: file.line('push') },
  ]);
  const makes = staying(5000, file.at('constructor'), emit);
  expect(told(await findings([file], takes, makes))).toMatchObject([{ kind: KEPT }]);
});

test('kept-out-of-sight: says who allocates, and that nothing is known of who keeps', async () => {
  const file = draw(
    '/app/route.js',
    `import { render } from 'templates';
function route(id) {
//            ^^ route
  return render(id);
//       ^^ render
}`,
  );
  const templates = draw(
    '/app/node_modules/templates/index.js',
    'export function render(id) {}\n//                    ^^ inner',
  );
  const stack = staying(90_000, templates.at('inner', 'render'), file.at('route'), emit);
  const [found] = await findings([file, templates], stack);
  expect(found).toMatchObject({
    kind: KEPT,
    heldBy: { type: 'unknown', size: null, location: null },
    retained: { type: 'unknown', count: null, growthPerSecond: null, bytesPerSecond: 90_000 },
    addedAt: { location: { file: 'route.js', line: file.line('render') } },
    allocatedAt: { location: { package: 'templates' } },
    shouldBeReleased: null,
  });
  expect(found.confidence).toBeLessThan(0.5);
});

test('the names the report promises', () => {
  expect(unseenRules.map(({ name }) => name)).toEqual([
    'finalizer-keeps-target',
    'race-against-eternal-promise',
    'context-keeps-predecessor',
    'recursive-promise',
    'chain-never-cut',
    'pending-promise',
    'collection-out-of-sight',
  ]);
});

describe('recursive-promise: a callback returns the call of the function that it is in, as TypeScript compiles it', () => {
  const file = draw(
    '/app/with-filter.js',
    `exports.withFilter = function (source, filter) {
  var getNext = function () {
  //  ^^ getNext
    //                   ^^ run
    return source.next().then(function (payload) {
      //                              ^^ payload
      if (payload.done) return payload;
      return Promise.resolve(filter(payload)).catch(function () { return false; }).then(function (wanted) {
        //                                                                                       ^^ wanted
        if (wanted) return payload;
        return getNext();
        //     ^^ again
      });
    });
  };
  return { next: function () { return getNext(); } };
};`,
  );

  test.each([
    { seen: 'all of it', stacks: [['run', 'wanted'], ['payload']] },
    { seen: 'the callback around alone', stacks: [['payload']] },
    { seen: 'the function alone', stacks: [['run']] },
  ])('of which samples show $seen', async ({ stacks }) => {
    const found = await findings(
      [file],
      ...stacks.map((marks) => staying(50_000, builtin('then'), ...marks.map((mark) => file.at(mark)))),
    );
    expect(told(found)).toEqual([
      { kind: 'recursive-promise', name: 'getNext', held: file.line('getNext'), added: file.line('again') },
    ]);
  });
});

test('recursive-promise: what a callback starts and does not return is waited for by nobody', async () => {
  const file = draw(
    '/app/poll.js',
    `function poll() {
//         ^^ poll
  return read().then(function (text) {
    //                        ^^ text
    poll();
    return text;
  });
}`,
  );
  const found = await findings([file], staying(100_000, builtin('then'), file.at('text'), file.at('poll')));
  expect(found.some(({ kind }) => kind === 'recursive-promise')).toBe(false);
});

test.each([
  ['async, returned', 'return poll(page + 1);', true],
  ['async, awaited and returned', 'return page < 0 ? null : await poll(page + 1);', true],
  ['called and not waited for', 'poll(page + 1);', false],
  ['another function', 'return read(page + 1);', false],
  ['in a function of its own', 'setTimeout(() => poll(page + 1), 100);', false],
])('recursive-promise: %s', async (_, body, is) => {
  const file = draw(
    '/app/poll.js',
    `async function poll(page) {
//            ^^ poll
  const text = await read(page);
  ${body}
}
function read(page) {
//           ^^ read
  return fetch('/pages/' + page).then((answer) => answer.text());
}`,
  );
  const found = await findings([file], staying(100_000, file.at('read'), file.at('poll')));
  expect(found.some(({ kind }) => kind === 'recursive-promise')).toBe(is);
});

test('recursive-promise: a sync function that returns itself has no promise to keep', async () => {
  const file = draw(
    '/app/tree.js',
    `function depth(node) {
//            ^^ depth
  return node.parent === null ? node.text() : depth(node.parent);
}`,
  );
  expect(told(await findings([file], staying(100_000, file.at('depth'))))[0]).toMatchObject({ kind: KEPT });
});
