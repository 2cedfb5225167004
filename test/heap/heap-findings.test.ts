import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import type { HeapFinding, HeapGrowthAnswer } from '../../src/report/heap-summary.ts';
import { readHeapGrowth } from '../../src/session/read-heap.ts';
import { sourceFiles } from '../../src/session/source-files.ts';
import { exportsOf, growing, property, root, variable } from '../diagnose/growing.ts';
import { chunked, programSnapshots } from './snapshots.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Each line that a finding may name carries a mark, so that expectations are read off the program. */
const REGISTRY = `'use strict';
class Session {
  constructor(id) {
    this.text = Buffer.alloc(3000, 'x' + id).toString('latin1');
  }
}
const sessions = new Map(); // held
function open(id) {
  sessions.set(id, new Session(id)); // added
}
module.exports = { open };
for (let at = 0; at < 30; at += 1) open('a' + at);
snapshot();
for (let at = 0; at < 40; at += 1) open('b' + at);
snapshot();
for (let at = 0; at < 25; at += 1) open('c' + at);
snapshot();
`;

describe('what accumulated is told as a watch tells it', () => {
  test('held by, added at, how many in each step and which part of the growth', async () => {
    const { file, answer } = await answerOf('server.cjs', REGISTRY);
    const [finding] = answer.findings;
    expect(finding).toMatchObject({
      kind: 'unbounded-collection',
      retained: { type: 'Session', count: 95, growthPerSecond: null, bytesPerSecond: null, state: null },
      heldBy: {
        name: 'sessions',
        type: 'Map',
        size: 95,
        location: { file, line: lineOf(REGISTRY, 'held'), package: null },
      },
      addedAt: { location: { file, line: lineOf(REGISTRY, 'added'), function: 'open' } },
      growth: { entriesByFile: [30, 70, 95], addedByStep: [40, 25], containers: 1 },
    });
    expect(finding?.growth.share).toBeGreaterThan(0.9);
    expect(finding?.growth.bytes).toBeGreaterThan(65 * 3000);
    expect(finding?.growth.bytes).toBeLessThan(65 * 3500);
    expect(finding?.explanation).toContain('gains 33 entries from each snapshot to the next');
  });

  test('with the fingerprint that a walk over the same program leads to', async () => {
    const { file, answer } = await answerOf('server.cjs', REGISTRY);
    const at = position(REGISTRY, 'function open', 'function open'.length);
    const walked = growing('Map', [
      root('modules'),
      exportsOf(file),
      property('open'),
      variable('sessions', { url: file, ...at, function: 'open' }),
    ]);
    const [live] = await diagnose([walked], {
      sources: sourceFiles(),
      workingDirectory: process.cwd(),
      slopeBytesPerSecond: null,
      space: 'heap',
      programScripts: [file],
    });
    // The directory is another in each run, and file names are part of a fingerprint.
    expect(answer.findings[0]?.fingerprint).toBe(live?.fingerprint);
    expect(answer.findings[0]?.kind).toBe(live?.kind);
  });

  test('of an ES module too, its exports included', async () => {
    const text = `class Entry { constructor() { this.text = Buffer.alloc(500, 'x' + Math.random()).toString('latin1'); } }
const local = new Set(); // held
export const shared = []; // exported
export function add(times) {
  for (let at = 0; at < times; at += 1) {
    local.add(new Entry());
    shared.push(new Entry());
  }
}
add(100); snapshot(); add(60); snapshot(); add(50); snapshot();
`;
    const { file, answer } = await answerOf('server.mjs', text);
    expect(
      answer.findings.map(({ heldBy, growth }) => [heldBy.name, heldBy.location?.line, growth.addedByStep]),
    ).toEqual(
      expect.arrayContaining([
        ['local', lineOf(text, 'held'), [60, 50]],
        ['shared', lineOf(text, 'exported'), [60, 50]],
      ]),
    );
    expect(answer.findings.every(({ heldBy }) => heldBy.location?.file === file)).toBe(true);
  });

  test('what grows in each element, and listeners, by the names a watch has for them', async () => {
    const text = `'use strict';
const bus = new (require('node:events'))(); // listeners
bus.setMaxListeners(0);
const rooms = new Map(); // rooms
class Room {
  constructor() {
    this.log = []; // log
  }
  say() { this.log.push({ text: Buffer.alloc(900, 'x' + Math.random()).toString('latin1') }); }
}
for (let at = 0; at < 5; at += 1) rooms.set(at, new Room());
const listen = () => {
  const held = Buffer.alloc(900, 'x' + Math.random()).toString('latin1');
  bus.on('tick', () => held);
};
const step = (times) => {
  for (let at = 0; at < times; at += 1) {
    for (const room of rooms.values()) room.say();
    for (let each = 0; each < 5; each += 1) listen();
  }
  snapshot();
};
module.exports = { step };
step(20); step(30); step(10);
`;
    const { answer } = await answerOf('server.cjs', text);
    expect(
      answer.findings.map(({ heldBy, grows, growth }) => [
        heldBy.name,
        heldBy.type,
        heldBy.location?.line,
        grows?.name ?? null,
        grows?.location?.line ?? null,
        growth.addedByStep,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['rooms', 'Map', lineOf(text, 'rooms'), 'log', lineOf(text, 'log'), [150, 50]],
        ['bus', "EventEmitter (listeners of 'tick')", lineOf(text, 'listeners'), null, null, [150, 50]],
      ]),
    );
    expect(answer.findings.reduce((sum, { growth }) => sum + growth.share, 0)).toBeLessThanOrEqual(1);
    expect(answer.findings.find(({ heldBy }) => heldBy.name === 'rooms')?.growth.containers).toBe(5);
  });
});

describe('where V8 numbered the objects anew between the snapshots', () => {
  const text = REGISTRY.replace(
    "'use strict';",
    "'use strict'; new (require('node:inspector').Session)();",
  ).replaceAll(
    'snapshot();',
    "snapshot(); { const session = new (require('node:inspector').Session)(); session.connect(); session.disconnect(); }",
  );

  test('containers are matched by the way to them, with the same finding', async () => {
    const { file, answer } = await answerOf('server.cjs', text);
    expect(answer.matchedBy).toBe('way');
    expect(answer.notes.join(' ')).toContain('numbered the objects anew');
    expect(answer).toMatchObject({ sharedNodes: 0, points: [] });
    expect(answer.findings[0]).toMatchObject({
      heldBy: { name: 'sessions', type: 'Map', size: 95, location: { file, line: lineOf(text, 'held') } },
      addedAt: { location: { file, line: lineOf(text, 'added'), function: 'open' } },
      growth: { entriesByFile: [30, 70, 95], addedByStep: [40, 25], containers: 1 },
    });
    expect(answer.findings[0]?.growth.share).toBeGreaterThan(0.8);
  });

  test('two variables of one name in two scopes are two', async () => {
    const twice = `'use strict';
const entry = () => ({ text: Buffer.alloc(900, 'x' + Math.random()).toString('latin1') });
const one = (() => {
  const kept = []; // grows
  for (let at = 0; at < 10; at += 1) kept.push(entry());
  return (times) => { for (let at = 0; at < times; at += 1) kept.push(entry()); };
})();
const other = (() => {
  const kept = []; // stays
  for (let at = 0; at < 900; at += 1) kept.push(entry());
  return () => kept.length;
})();
module.exports = { one, other };
const step = (times) => {
  one(times); snapshot(); const session = new (require('node:inspector').Session)(); session.connect(); session.disconnect();
};
step(40); step(50); step(60);
`;
    const { answer } = await answerOf('server.cjs', twice);
    expect(answer.matchedBy).toBe('way');
    expect(
      answer.findings.map(({ heldBy, growth }) => [heldBy.name, heldBy.location?.line, growth.entriesByFile]),
    ).toEqual([['kept', lineOf(twice, 'grows'), [50, 100, 160]]]);
  });

  test('by its ids where they go through', async () => {
    const { answer } = await answerOf('server.cjs', REGISTRY);
    expect(answer.matchedBy).toBe('id');
    expect(answer.sharedNodes).toBeGreaterThan(10_000);
  });
});

test('plain objects that came are told by their properties, those with numbers alone too', async () => {
  const text = `'use strict';
const one = [], two = [], three = [];
const step = (times) => {
  for (let at = 0; at < times; at += 1) {
    one.push({ id: 'i' + at, request: { url: 'u' + at } });
    two.push({ at });
    three.push({ at, more: 'm' + at });
  }
  snapshot();
};
module.exports = { step };
step(40); step(300); step(200);
`;
  const { answer } = await answerOf('server.cjs', text);
  const grown = new Map(
    answer.shapes.map(({ name, counts }) => [name, counts.map((count) => count - (counts[0] ?? 0))]),
  );
  for (const name of ['{ id, request }', '{ url }', '{ more }', '{}'])
    expect([name, grown.get(name)]).toEqual([name, [0, 300, 500]]);
});

describe('closed resources', () => {
  const text = `'use strict';
class WebSocket extends require('node:events') {
  constructor() {
    super();
    this._readyState = 1;
    this.text = Buffer.alloc(2000, 'x' + Math.random()).toString('latin1');
  }
}
class Job { constructor() { this.closed = false; this.text = Buffer.alloc(2000, 'x' + Math.random()).toString('latin1'); } }
const clients = new Set();
const jobs = [];
const step = (times) => {
  for (let at = 0; at < times; at += 1) {
    const client = new WebSocket();
    clients.add(client);
    if (at % 4 !== 0) client._readyState = 3;
    const job = new Job();
    jobs.push(job);
    if (at % 2 === 0) job.closed = true;
  }
  snapshot();
};
module.exports = { step };
step(40); step(40); step(40);
`;
  const zombiesOf = (findings: readonly HeapFinding[], name: string) =>
    findings.find(({ heldBy }) => heldBy.name === name)?.zombies;

  test('by their numbers, where the snapshot was written with them', async () => {
    const { answer } = await answerOf('server.cjs', text, { exposeNumericValues: true });
    expect(zombiesOf(answer.findings, 'clients')).toEqual({ type: 'WebSocket', state: 'CLOSED', count: 90 });
    expect(zombiesOf(answer.findings, 'jobs')).toEqual({ type: 'Job', state: 'closed', count: 60 });
    expect(answer.findings.find(({ heldBy }) => heldBy.name === 'clients')?.kind).toBe(
      'closed-resource-held',
    );
    expect(answer.notes).toEqual([]);
  });

  test('by true and false alone where not, and it is said what that leaves open', async () => {
    const { answer } = await answerOf('server.cjs', text);
    expect(zombiesOf(answer.findings, 'clients')).toBeNull();
    expect(zombiesOf(answer.findings, 'jobs')).toEqual({ type: 'Job', state: 'closed', count: 60 });
    expect(answer.notes.join(' ')).toContain('exposeNumericValues');
  });
});

describe('where the text is not what ran', () => {
  test('a file that changed since, or is gone, gives no line, and that is said', async () => {
    const run = programSnapshots('server.cjs', REGISTRY);
    cleanups.push(() => run.dispose());
    writeFileSync(run.file, `// one line more\n${REGISTRY}`);
    const changed = await readHeapGrowth(run.snapshots);
    expect(changed.findings[0]).toMatchObject({
      heldBy: { name: 'sessions', location: null },
      shouldBeReleased: null,
      growth: { addedByStep: [40, 25] },
    });
    // What only the text could tell is not said.
    expect(JSON.stringify(changed.findings[0])).not.toContain('nothing deletes');
    expect(changed.findings[0]?.heldBy.path).toEqual(['modules', 'server.cjs', 'open', 'sessions']);
    expect(changed.notes).toEqual([`Not as it ran, so without lines: ${run.file}.`]);
    rmSync(run.file);
    const gone = await readHeapGrowth(run.snapshots);
    expect(gone.findings[0]?.heldBy.location).toBeNull();
    expect(gone.notes).toEqual([`Not on this machine, so without lines: ${run.file}.`]);
  });

  test("a sidecar's places go before the snapshot's own", async () => {
    const run = programSnapshots('server.cjs', REGISTRY);
    cleanups.push(() => run.dispose());
    const moved = run.file.replace('server.cjs', 'moved.cjs');
    writeFileSync(moved, REGISTRY);
    rmSync(run.file);
    const last = run.snapshots.at(-1) ?? '';
    const heap = await readSnapshot(chunked(readFileSync(last), 65_536));
    const open = [...heap.instancesOf('(closure)')].find(
      (node) => heap.node(node).name === 'open' && heap.path(node)?.some(({ name }) => name === 'mainModule'),
    );
    const id = open === undefined ? null : heap.location(open)?.scriptId;
    writeFileSync(
      last.replace('.heapsnapshot', '.scripts.json'),
      JSON.stringify({
        schema: 'leakline/snapshot-scripts@1',
        scripts: [{ id, url: moved, sourceMap: null }],
      }),
    );
    const answer = await readHeapGrowth(run.snapshots);
    expect(answer.findings[0]?.heldBy.location).toMatchObject({
      file: moved,
      line: lineOf(REGISTRY, 'held'),
    });
  });
});

async function answerOf(
  name: string,
  text: string,
  options: { readonly exposeNumericValues?: boolean } = {},
): Promise<{ readonly file: string; readonly answer: HeapGrowthAnswer }> {
  const run = programSnapshots(name, text, options);
  cleanups.push(() => run.dispose());
  return { file: run.file, answer: await readHeapGrowth(run.snapshots) };
}

/** Of the line that ends with the mark, from 1. */
function lineOf(text: string, mark: string): number {
  return text.split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
}

/** As V8 counts, from 0. */
function position(text: string, words: string, after: number): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(words) + after).split('\n');
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}
