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
  for (let questions = 0; questions < 5; questions += 1) {
    const node = random(heap.nodeCount);
    heap.node(node);
    heap.path(node);
    heap.location(node);
    heap.detachedness(node);
    heap.dominator(node);
    for (const list of [heap.edges(node), heap.retainers(node), heap.dominatedBy(node)]) {
      for (const _ of list) if (random(50) === 0) break;
    }
  }
}

/** A snapshot as text, of few to thousands of nodes. */
function generated(random) {
  const nodeCount = 2 + random([10, 40, 400, 3000][random(4)]);
  const strings = [
    '<dummy>',
    '',
    'ein "Wort"',
    'grüße 😀',
    '7 / part of key (K @3) -> value (V @5) pair in WeakMap (table @1)',
  ];
  const nodes = [];
  const edges = [];
  const locations = [];
  for (let node = 0; node < nodeCount; node += 1) {
    const edgeCount = random(5);
    nodes.push(random(6), random(strings.length), node * 2 + 1, random(3000), edgeCount, 0, random(3));
    for (let edge = 0; edge < edgeCount; edge += 1) {
      edges.push(random(7), random(strings.length), random(nodeCount) * 7);
    }
    if (random(4) === 0) locations.push(node * 7, random(90), random(500), random(80));
  }
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
    node_types: [
      ['hidden', 'array', 'string', 'object', 'code', 'synthetic'],
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
  };
  const snapshot = { meta, node_count: nodeCount, edge_count: edges.length / 3, trace_function_count: 0 };
  return Buffer.from(
    JSON.stringify({ snapshot, nodes, edges, trace_function_infos: [], samples: [], locations, strings }),
  );
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
      /"(?:node|edge|location)_(?:fields|types)":/g,
      `"${pick(['node_fields', 'edge_types', 'x', '__proto__'], random)}":`,
      random,
    ),
  // Sections twice, renamed, in another order, nested deep.
  (bytes, random) =>
    replaced(
      bytes,
      /"(?:snapshot|nodes|edges|strings|locations|samples)":/g,
      `"${pick(['snapshot', 'nodes', 'edges', 'strings', 'locations', 'x', '__proto__'], random)}":`,
      random,
    ),
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
