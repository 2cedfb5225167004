import { expect, test } from 'vitest';
import type { AllocationProfile } from '../../../src/core/allocations.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { DiagnoseContext, GrowingContainer } from '../../../src/diagnose/growing-container.ts';
import { draw, sourcesOf } from '../drawing.ts';
import { context, growing, internal, root, trap, variable } from '../growing.ts';
import { builtin, staying, windowOf } from '../staying.ts';

const emit = internal('node:events', 'emit');

const server = draw(
  '/app/server.js',
  `const seen = new Map();
//    ^^ seen
function accept(text) {
//             ^^ accept
  const id = text.slice(0, 36);
  seen.set(id, Date.now());
//     ^^ set
}
function readText(request) {
//               ^^ readText
  return request.body.toString();
//                    ^^ toString
}
function onRequest(request) {
//                ^^ onRequest
  accept(readText(request));
}`,
);
const ledger = draw(
  '/app/ledger.js',
  `const rows = [];
function book(row) {
//           ^^ book
  rows.push({ row });
//     ^^ push
}`,
);

function container(elementBytes: number | null): GrowingContainer {
  return growing('Map', [root('active handles'), variable('seen', server.at('accept'), 'Module')], {
    trap: trap([{ count: 5, stack: [server.at('set'), emit] }]),
    detail: { elementBytes, elementType: 'number' },
  });
}

function found(
  containers: readonly GrowingContainer[],
  allocations: AllocationProfile,
  more: Partial<DiagnoseContext> = {},
): Promise<Finding[]> {
  const files = sourcesOf(server, ledger);
  return diagnose(containers, context(files, { slopeBytesPerSecond: 100_000, allocations, ...more }));
}

const kinds = (findings: readonly Finding[]): string[] => findings.map(({ kind }) => kind);

const text = staying(90_000, builtin('toString'), server.at('readText'), server.at('onRequest'), emit);
const rows = staying(60_000, ledger.at('book'), emit);

test('where the containers account for half of the growth, nothing is added', async () => {
  // Ten entries a second of 6 KB.
  const findings = await found([container(6000)], windowOf(rows));
  expect(findings.map(({ heldBy }) => heldBy.name)).toEqual(['seen']);
  expect(findings[0].retained.bytesPerSecond).toBe(60_000);
});

test('what the function makes that adds to a container of that growth is not told again', async () => {
  const findings = await found([container(4000)], windowOf(staying(42_000, server.at('accept'), emit), rows));
  expect(findings.map(({ heldBy }) => heldBy.name)).toEqual(['rows', 'seen']);
});

test('substring-pins-parent: pieces in a small container, and the texts they were cut from', async () => {
  const [first, ...others] = await found([container(null)], windowOf(text));
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    kind: 'substring-pins-parent',
    heldBy: { name: 'seen', size: 100, location: { line: server.line('seen') } },
    addedAt: { location: { line: server.line('set') } },
    allocatedAt: { location: { line: server.line('toString'), function: 'readText' } },
    retained: { bytesPerSecond: 90_000 },
  });
});

test('substring-pins-parent: the callers cut', async () => {
  const ids = draw(
    '/app/ids.js',
    `const ids = new Set();
function remember(id) {
//               ^^ remember
  ids.add(id);
//    ^^ add
}
function onLine(line) {
//             ^^ onLine
  remember(line.slice(0, 36));
}
function onChunk(chunk) {
//              ^^ onChunk
  for (const line of chunk.toString().split('\\n')) onLine(line);
}`,
  );
  const container = growing('Set', [root('active handles'), variable('ids', ids.at('remember'), 'Module')], {
    trap: trap([{ count: 5, stack: [ids.at('add'), emit] }]),
    detail: { elementBytes: null, elementType: 'string' },
  });
  const allocations = windowOf(
    staying(90_000, builtin('toString'), ids.at('onChunk'), emit),
    staying(2000, builtin('add'), ids.at('remember'), ids.at('onLine'), ids.at('onChunk'), emit),
  );
  const files = sourcesOf(ids);
  const found = await diagnose([container], context(files, { slopeBytesPerSecond: 100_000, allocations }));
  expect(kinds(found)).toEqual(['substring-pins-parent']);
  expect(found[0].retained.bytesPerSecond).toBe(92_000);
});

test("what a function makes while a package adds on its behalf is the container's, whose name neither text has", async () => {
  const library = draw(
    '/app/node_modules/wire/index.js',
    `exports.attach = function attach(to, what) {
//                              ^^ attach
  to.add(what);
//   ^^ add
};`,
  );
  const handler = draw(
    '/app/handler.js',
    `const { attach } = require('wire');
const sink = new Set();
//    ^^ sink
function onRequest(request) {
//                ^^ onRequest
  attach(sink, new Logger(request));
//^^ call
}`,
  );
  const holds = growing(
    'Set',
    [root('active handles'), variable('sink', handler.at('onRequest'), 'Module')],
    {
      trap: trap([{ count: 5, stack: [library.at('add'), handler.at('call'), emit] }]),
      // What a walk sees of an element is a part of what it keeps: 2 of 9 KB.
      detail: { elementBytes: 200, elementType: 'Logger' },
    },
  );
  const allocations = windowOf(staying(90_000, handler.at('onRequest'), emit));
  const files = sourcesOf(library, handler);
  const findings = await diagnose([holds], context(files, { slopeBytesPerSecond: 100_000, allocations }));
  expect(findings.map(({ heldBy, retained }) => [heldBy.name, retained.bytesPerSecond])).toEqual([
    ['sink', 90_000],
  ]);
});

test('findings of both kinds stand in the order of what they explain', async () => {
  const findings = await found([container(3000)], windowOf(rows));
  expect(findings.map(({ heldBy, retained }) => [heldBy.name, retained.bytesPerSecond])).toEqual([
    ['rows', 60_000],
    ['seen', 30_000],
  ]);
});

test('a tenth of the growth is not told beside it', async () => {
  const small = staying(5000, ledger.at('book'), emit);
  expect(await found([], windowOf(small))).toEqual([]);
});

test.each([
  ['in memory outside of the heap', { space: 'external' as const }],
  ['of which nothing is known yet', { slopeBytesPerSecond: null }],
])('of growth %s the samples tell nothing', async (_, more) => {
  expect(await found([], windowOf(rows), more)).toEqual([]);
});

test('a window beside the traps is too short to tell', async () => {
  expect(await found([], { ...windowOf(rows), durationMs: 1500 })).toEqual([]);
});

const board = draw(
  '/app/board.js',
  `class Board {
  static #cards = new Map();
//       ^^ cards
  static put(number, card) {
//          ^^ put
    Board.#cards.set(number, card);
//               ^^ set
  }
}
function read(text) {
//           ^^ read
  return JSON.parse(text);
}
function answer(text) {
//             ^^ answer
  return { text };
}
function onRequest(text) {
//                ^^ onRequest
  const card = read(text);
  Board.put(card.number, card);
  return answer(text);
}`,
);
const slots = draw(
  '/app/slots.js',
  `const byNumber = [];
//    ^^ byNumber
function onRequest(text) {
//                ^^ onRequest
  const card = { text };
  byNumber[card.number] = card;
}`,
);
const puts = staying(20_000, builtin('set'), board.at('put'), board.at('onRequest'), emit);

test('what is handed to a function that puts it into a collection stays with that', async () => {
  const reads = staying(60_000, builtin('parse'), board.at('read'), board.at('onRequest'), emit);
  const findings = await diagnose(
    [],
    context(sourcesOf(board), { slopeBytesPerSecond: 100_000, allocations: windowOf(reads, puts) }),
  );
  expect(findings.map(({ heldBy, retained }) => [heldBy.name, retained.bytesPerSecond])).toEqual([
    ['#cards', 80_000],
  ]);
});

test('what hangs on those who wait for a resolve is kept by the queue of these', async () => {
  const permits = draw(
    '/app/permits.js',
    `const waiting = [];
//    ^^ waiting
function acquire() {
//              ^^ acquire
  return new Promise((resolve) => {
    waiting.push(resolve);
//          ^^ push
  });
}
async function render(certificate) {
//                   ^^ render
  await acquire();
  return certificate.text;
}`,
  );
  const reader = draw(
    '/app/reader.js',
    `function readJson(chunks) {
//               ^^ readJson
  return JSON.parse(chunks.join(''));
}`,
  );
  // 66 a second of 64 bytes, which is the function and not the call that waits.
  const queue = growing('Array', [root('modules'), variable('waiting', permits.at('acquire'))], {
    growthPerSecond: 66,
    trap: trap([{ count: 15, stack: [permits.at('push'), permits.at('acquire'), permits.at('render')] }]),
    detail: { elementBytes: 64, elementType: 'Function' },
  });
  const asked = context(sourcesOf(permits, reader), {
    slopeBytesPerSecond: 540_000,
    allocations: windowOf(staying(480_000, builtin('parse'), reader.at('readJson'), emit)),
  });
  const findings = await diagnose([queue], asked);
  expect(findings).toMatchObject([
    {
      kind: 'pending-waiters',
      heldBy: { name: 'waiting', location: { line: permits.line('waiting') } },
      addedAt: { location: { line: permits.line('push') } },
      retained: { bytesPerSecond: 480_000, bytesAtLeast: false },
    },
  ]);
  // Without a sample it may still be all of it.
  const [unsampled] = await diagnose([queue], { ...asked, allocations: null });
  expect(unsampled.retained).toMatchObject({ bytesPerSecond: 66 * 64, bytesAtLeast: true });
});

test('a collection that the walks found as large as before holds none of it', async () => {
  const reads = staying(60_000, builtin('parse'), board.at('read'), board.at('onRequest'), emit);
  const steps = [root('active handles'), variable('byNumber', slots.at('onRequest'), 'Module')];
  const steady = growing('Array', steps, { growthPerSecond: 0, detail: { size: 60 } }).detail;
  const replaced = staying(60_000, slots.at('onRequest'), emit);
  const allocations = windowOf(replaced, reads);
  const more = { slopeBytesPerSecond: 150_000, allocations };
  const names = async (known: Partial<DiagnoseContext>): Promise<string[]> => {
    const findings = await diagnose([], context(sourcesOf(board, slots), { ...more, ...known }));
    return findings.map(({ heldBy }) => heldBy.name);
  };
  expect(await names({})).toContain('byNumber');
  expect(await names({ steady: [steady] })).not.toContain('byNumber');
});

test('of a chain and a collection that the same is put into, the chain', async () => {
  const file = draw(
    '/app/changes.js',
    `let oldest = null;
let newest = null;
const cards = [];
function append(words) {
//             ^^ append
  const change = { words, next: null };
  if (newest === null) oldest = change;
  else newest.next = change;
  newest = change;
}
function read(text) {
//           ^^ read
  return JSON.parse(text);
}
function onRequest(text) {
//                ^^ onRequest
  const card = { ...read(text) };
  cards[card.number] = card;
  append({ after: card });
}`,
  );
  const allocations = windowOf(
    staying(60_000, builtin('parse'), file.at('read'), file.at('onRequest'), emit),
    staying(20_000, file.at('append'), file.at('onRequest'), emit),
  );
  const findings = await diagnose(
    [],
    context(sourcesOf(file), { slopeBytesPerSecond: 100_000, allocations }),
  );
  expect(findings.map(({ heldBy, retained }) => [heldBy.name, retained.bytesPerSecond])).toEqual([
    ['oldest', 80_000],
  ]);
});

test('what a callback makes stays with the function that it is written in, if that puts it in', async () => {
  const carts = draw(
    '/app/carts.js',
    `class Carts {
  byId = {};
//^^ byId
  create(id) {
//      ^^ create
    this.byId[id] = Array.from({ length: 60 }, (_, row) => ({ row }));
//                                                      ^^ row
  }
}
function onRequest(request, make) {
//                ^^ onRequest
  new Carts().create(request.id);
  return make((_, row) => ({ row }));
//                      ^^ elsewhere
}`,
  );
  const from = (place: string, ...callers: readonly string[]): ReturnType<typeof staying> =>
    staying(60_000, carts.at(place), builtin('from'), ...callers.map((caller) => carts.at(caller)), emit);
  const allocations = windowOf(from('row', 'create', 'onRequest'), from('elsewhere', 'onRequest'));
  const findings = await diagnose(
    [],
    context(sourcesOf(carts), { slopeBytesPerSecond: 120_000, allocations }),
  );
  expect(findings.map(({ kind, heldBy, retained }) => [kind, heldBy.name, retained.bytesPerSecond])).toEqual([
    ['collection-out-of-sight', 'byId', 60_000],
    ['kept-out-of-sight', expect.anything(), 60_000],
  ]);
});

test('what another function makes on the way does not', async () => {
  const answers = staying(60_000, board.at('answer'), board.at('onRequest'), emit);
  const findings = await diagnose(
    [],
    context(sourcesOf(board), { slopeBytesPerSecond: 100_000, allocations: windowOf(answers, puts) }),
  );
  expect(findings.map(({ kind, retained }) => [kind, retained.bytesPerSecond])).toEqual([
    ['kept-out-of-sight', 60_000],
    ['collection-out-of-sight', 20_000],
  ]);
});

test('the same bug has the same fingerprint, and another one has not', async () => {
  const print = async (allocations: AllocationProfile): Promise<string> => {
    const [first] = await found([], allocations);
    return first.fingerprint;
  };
  const unnamed = staying(60_000, builtin('toString'), server.at('readText'), emit);
  expect(await print(windowOf(rows))).toBe(await print(windowOf({ ...rows, liveBytes: 1 })));
  expect(await print(windowOf(rows))).not.toBe(await print(windowOf(unnamed)));
  expect(kinds(await found([], windowOf(unnamed)))).toEqual(['kept-out-of-sight']);
});
