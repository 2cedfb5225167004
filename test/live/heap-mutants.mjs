// Reads mutants of heap snapshots: `node heap-mutants.mjs HEAP_JS FROM COUNT [SNAPSHOT]`, as a child with little memory. Prints what
// became of them as JSON; whoever started it knows a hang or a crash by its silence. Which mutant comes of which number is fixed.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [heapJs, from, count, file] = process.argv.slice(2);
const { readSnapshot, LeaklineError } = await import(pathToFileURL(heapJs).href);
const real = file === undefined ? null : readFileSync(file);

async function readMutants() {
  const outcome = { read: 0, refused: 0, longestMs: 0, longest: 0, grownBytes: 0, broken: [] };
  for (let number = Number(from); number < Number(from) + Number(count); number += 1) {
    const random = generator(number);
    const mutant = mutate(real ?? generated(random), random);
    const beforeBytes = forgetPeak(number);
    const before = process.cpuUsage();
    try {
      const heap = await readSnapshot(
        chunked(mutant, Math.ceil(mutant.length / 4000) + random(9000)),
        // Who reads a pipe knows no size, who reads a file does.
        random(2) === 0 ? { sizeBytes: mutant.length } : {},
      );
      ask(heap, random);
      outcome.read += 1;
    } catch (error) {
      if (error instanceof LeaklineError && error.code === 'SNAPSHOT_UNREADABLE') outcome.refused += 1;
      else outcome.broken.push({ number, error: String(error?.stack ?? error) });
    }
    const spent = process.cpuUsage(before);
    const ms = (spent.user + spent.system) / 1000;
    outcome.grownBytes = Math.max(outcome.grownBytes, statusBytes('VmHWM') - beforeBytes - 3 * mutant.length);
    if (ms > outcome.longestMs) Object.assign(outcome, { longestMs: ms, longest: number });
  }
  console.log(JSON.stringify(outcome));
}

/** What is read as whole must bear every question. */
function ask(heap, random) {
  heap.classes();
  heap.largest(5);
  heap.strings(5);
  heap.backingStores();
  heap.unusedVariables(random(20));
  for (let questions = 0; questions < 5; questions += 1) {
    const node = random(heap.nodeCount);
    heap.node(node);
    heap.path(node);
    heap.location(node);
    heap.detachedness(node);
    heap.contextScope(node);
    heap.dominator(node);
    for (const list of [heap.edges(node), heap.retainers(node), heap.dominatedBy(node)]) {
      for (const _ of list) if (random(50) === 0) break;
    }
  }
}

/** A snapshot as text, of few to thousands of nodes. */
function generated(random) {
  const program = random(2) === 0 ? [] : PROGRAM;
  const nodeCount = program.length + 2 + random([10, 40, 400, 3000][random(4)]);
  const strings = [
    '<dummy>',
    '',
    'ein "Wort"',
    'grüße 😀',
    '7 / part of key (K @3) -> value (V @5) pair in WeakMap (table @1)',
    ...SCOPE_WORDS,
  ];
  const nodes = [];
  const edges = [];
  const locations = [];
  for (let node = 0; node < nodeCount; node += 1) {
    const planted = node < program.length ? program[node] : null;
    const edgeCount = planted?.edges.length ?? random(5);
    const type = planted === null ? random(7) : planted.type;
    const name = planted === null ? random(strings.length) : strings.indexOf(planted.name);
    nodes.push(type, name, node * 2 + 1, random(3000), edgeCount, 0, random(3));
    if (planted !== null) {
      for (const [type, name, to] of planted.edges) edges.push(type, strings.indexOf(name), to * 7);
      continue;
    }
    for (let edge = 0; edge < edgeCount; edge += 1) {
      edges.push(random(7), random(strings.length), random(nodeCount) * 7);
    }
    if (random(4) === 0) locations.push(node * 7, random(90), random(500), random(80));
  }
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
    node_types: [
      ['hidden', 'array', 'string', 'object', 'code', 'synthetic', 'closure'],
      'string',
      'number',
      'number',
      'number',
      'number',
      'number',
    ],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [
      ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'],
      'string_or_number',
      'node',
    ],
    location_fields: ['object_index', 'script_id', 'line', 'column'],
    scope_fields: ['script_node_index', 'scope_id', 'depth', 'scope_context_vars_count', 'scope_uses_count'],
    scope_context_var_fields: ['name'],
    scope_use_fields: ['declaring_scope_id', 'slot_index'],
  };
  const tables = generatedScopes(random, program.length > 0, nodeCount, strings);
  const snapshot = { meta, node_count: nodeCount, edge_count: edges.length / 3, trace_function_count: 0 };
  return Buffer.from(
    JSON.stringify({
      snapshot,
      nodes,
      edges,
      trace_function_infos: [],
      samples: [],
      locations,
      ...tables,
      strings,
    }),
  );
}

/** Names by which V8's own objects of scopes are known, and numbers of scopes. */
const SCOPE_WORDS = [
  'scope_info',
  'scope_id',
  'previous',
  'shared',
  'context',
  'script',
  'name_or_scope_info',
  'raw_outer_scope_info_or_feedback_metadata',
  'outer_scope_info',
  'eval_from_scope_info',
  'source_url',
  'continuation',
  'function',
  'value',
  '-2',
  '10',
  '20',
  'dead',
];

/** Edge types by their places in the description. */
const [INTERNAL, CONTEXT] = [3, 0];

/** A function in whose scope is a variable that only another uses, and a generator that waits there: types, names and edges of its nodes. */
const PROGRAM = [
  {
    type: 5,
    name: '',
    edges: [
      [2, 'value', 1],
      [2, 'value', 9],
    ],
  },
  {
    type: 6,
    name: 'function',
    edges: [
      [INTERNAL, 'shared', 2],
      [INTERNAL, 'context', 3],
    ],
  },
  {
    type: 4,
    name: 'script',
    edges: [
      [INTERNAL, 'name_or_scope_info', 8],
      [INTERNAL, 'script', 4],
      [INTERNAL, 'scope_id', 6],
    ],
  },
  {
    type: 3,
    name: 'context',
    edges: [
      [CONTEXT, 'dead', 7],
      [INTERNAL, 'scope_info', 8],
    ],
  },
  { type: 4, name: 'script', edges: [] },
  { type: 2, name: '20', edges: [] },
  { type: 4, name: 'value', edges: [[INTERNAL, 'value', 5]] },
  { type: 3, name: 'dead', edges: [] },
  {
    type: 4,
    name: 'scope_info',
    edges: [
      [INTERNAL, 'scope_id', 10],
      [INTERNAL, 'outer_scope_info', 8],
    ],
  },
  {
    type: 3,
    name: 'function',
    edges: [
      [INTERNAL, 'function', 1],
      [INTERNAL, 'context', 3],
      [INTERNAL, 'continuation', 12],
    ],
  },
  { type: 4, name: 'value', edges: [[INTERNAL, 'value', 11]] },
  { type: 2, name: '10', edges: [] },
  { type: 4, name: 'value', edges: [[INTERNAL, 'value', 13]] },
  { type: 2, name: '-2', edges: [] },
];

/** Tables that are whole, so that a mutant's change is what is wrong with them. */
function generatedScopes(random, isOfProgram, nodeCount, strings) {
  const scopes = [];
  const scope_context_vars = [];
  const scope_uses = [];
  const add = (script, id, depth, variables, uses) => {
    scopes.push(script * 7, id, depth, variables.length, uses.length / 2);
    scope_context_vars.push(...variables);
    scope_uses.push(...uses);
  };
  if (isOfProgram) {
    add(4, -2, 0, [], []);
    add(4, 10, 1, [strings.indexOf('dead')], []);
    add(4, 20, 2, [], random(2) === 0 ? [10, 0] : []);
  }
  let depth = 0;
  let script = random(nodeCount);
  for (let rows = random(40); rows > 0; rows -= 1) {
    const numbers = (count, below) => Array.from({ length: random(count) }, () => random(below));
    add(
      script,
      random(30) - 2,
      depth,
      numbers(4, strings.length),
      numbers(3, 30).flatMap((id) => [id - 2, random(4)]),
    );
    depth = random(depth + 2);
    if (random(8) === 0) script = random(nodeCount);
    if (script * 7 !== scopes.at(-5)) depth = 0;
  }
  return { scopes, scope_context_vars, scope_uses };
}

/** One to three changes that know what a snapshot is made of. */
function mutate(bytes, random) {
  let mutant = bytes;
  for (let changes = 1 + random(3); changes > 0; changes -= 1)
    mutant = MUTATIONS[random(MUTATIONS.length)](mutant, random);
  return mutant;
}

const HUGE = [
  '4294967295',
  '4294967296',
  '4294967294',
  '2147483648',
  '9007199254740993',
  '-1',
  'NaN',
  '1e9',
  '1.5',
  '00',
  '',
  'null',
  '99999999999999999999999',
];
const MUTATIONS = [
  // Cut off anywhere, or at a token.
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) =>
    bytes.subarray(0, Math.max(0, bytes.indexOf(pick(',]}["', random), random(bytes.length)))),
  // Bytes changed, put in and taken out.
  (bytes, random) => withByte(bytes, random(bytes.length), random(256)),
  (bytes, random) => withByte(bytes, random(bytes.length), pick('[]{}",:\\0-9 ', random).charCodeAt(0)),
  (bytes, random) => spliced(bytes, random(bytes.length), 0, pick('[]{}",:\\0 ', random)),
  (bytes, random) => spliced(bytes, random(bytes.length), 1 + random(20), ''),
  // A number of a row becomes one that no row may have, or one of another row.
  (bytes, random) => numberChanged(bytes, random, pick(HUGE, random)),
  (bytes, random) => numberChanged(bytes, random, pick(HUGE, random)),
  (bytes, random) => numberChanged(bytes, random, String(random(100_000))),
  (bytes, random) => numberChanged(bytes, random, String(random(10))),
  // The counts lie.
  (bytes, random) =>
    replaced(
      bytes,
      /"(?:node|edge)_count":\d+/g,
      `"${pick(['node', 'edge'], random)}_count":${pick(HUGE.concat('0', '1', '4000000000'), random)}`,
      random,
    ),
  // The description names other fields and types, or none.
  (bytes, random) =>
    replaced(
      bytes,
      /"(?:type|name|id|self_size|edge_count|to_node|name_or_index|string|number|weak|internal|element)"/g,
      pick(['"weak"', '"type"', '"x"', '7', '[]', 'null', '"__proto__"', '"detachedness"'], random),
      random,
    ),
  (bytes, random) =>
    replaced(
      bytes,
      /"(?:node|edge|location|scope|scope_context_var|scope_use)_(?:fields|types)":/g,
      `"${pick(['node_fields', 'edge_types', 'scope_fields', 'x', '__proto__'], random)}":`,
      random,
    ),
  // Sections twice, renamed, in another order, nested deep.
  (bytes, random) =>
    replaced(
      bytes,
      /"(?:snapshot|nodes|edges|strings|locations|samples|scopes|scope_context_vars|scope_uses)":/g,
      `"${pick(['snapshot', 'nodes', 'edges', 'strings', 'locations', 'scopes', 'scope_uses', 'x', '__proto__'], random)}":`,
      random,
    ),
  // The tables of scopes contradict themselves.
  (bytes, random) => inSection(bytes, random, ['scopes', 'scope_context_vars', 'scope_uses']),
  (bytes, random) => spliced(bytes, 1, 0, `"deep":${'['.repeat(1 + random(50_000))},`),
  (bytes, random) => spliced(bytes, 1, 0, `"long":"${'x'.repeat(random(200_000))}",`),
  // Strings: long, of bad UTF-8, with half an escape.
  (bytes, random) => inStrings(bytes, random, Buffer.from('y'.repeat(random(300_000)))),
  (bytes, random) => inStrings(bytes, random, Buffer.from([0xff, 0xc0, 0xed, 0xa0, 0x80].slice(random(5)))),
  (bytes, random) =>
    inStrings(
      bytes,
      random,
      Buffer.from(pick(['\\u12', '\\x', '\\', '\\ud800', '\\"', '\u0000', '\n'], random)),
    ),
];

function pick(list, random) {
  return list[random(list.length)];
}

function withByte(bytes, at, byte) {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[at % changed.length] = byte;
  return changed;
}

function spliced(bytes, at, removed, text) {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at + removed)]);
}

function numberChanged(bytes, random, text) {
  const start = bytes.indexOf(',', random(bytes.length)) + 1;
  let end = start;
  while (end < bytes.length && bytes[end] >= 0x30 && bytes[end] <= 0x39) end += 1;
  return spliced(bytes, start, end - start, text);
}

function replaced(bytes, pattern, text, random) {
  // Latin-1 keeps each byte as it is. What is replaced stands at the front or is a section's name.
  const whole = bytes.toString('latin1');
  const places = [...whole.matchAll(pattern)];
  if (places.length === 0) return bytes;
  const place = pick(places, random);
  return spliced(bytes, place.index, place[0].length, text);
}

/** A number of one of these becomes another, comes twice or goes. */
function inSection(bytes, random, names) {
  const head = `"${pick(names, random)}":[`;
  const from = bytes.indexOf(head) + head.length;
  const end = bytes.indexOf(']', from);
  if (from < head.length || end <= from) return bytes;
  const number = bytes.lastIndexOf(',', from + random(end - from));
  const start = Math.max(from, number + 1);
  let after = start;
  while (after < end && bytes[after] !== 0x2c) after += 1;
  const text = pick(
    ['', '0', '1', '2', '-2', '-1', '-', '7', '70', '4294967295', `${random(400)}`, '1,1'],
    random,
  );
  return spliced(bytes, start, after - start, text);
}

function inStrings(bytes, random, inserted) {
  const strings = bytes.indexOf('"strings":[');
  if (strings < 0) return bytes;
  const at = bytes.indexOf('"', strings + 11 + random(Math.max(1, bytes.length - strings - 11))) + 1;
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

async function* chunked(bytes, chunkBytes) {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Whole numbers below a limit, the same for the same seed. */
function generator(seed) {
  let state = (seed * 2654435761) | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}

/** Lets the kernel forget the peak so far, which the making of a mutant has its part in. Returns what is resident now. */
function forgetPeak(number) {
  if (number % 50 === 0) globalThis.gc();
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  return statusBytes('VmRSS');
}

/** 0 where there is no such file. */
function statusBytes(field) {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
}

// After the tables above are there.
await readMutants();
