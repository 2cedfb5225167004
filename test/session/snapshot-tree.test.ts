import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { snapshotTree } from '../../src/session/snapshot-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapshot-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));
const signal = new AbortController().signal;

/** A root that holds one object of 40 bytes. */
function snapshot(): { readonly file: string; readonly fileBytes: number } {
  const file = join(folder, 'a.heapsnapshot');
  const text = JSON.stringify({
    snapshot: {
      meta: {
        node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
        node_types: [['hidden', 'object', 'synthetic'], 'string', 'number', 'number', 'number'],
        edge_fields: ['type', 'name_or_index', 'to_node'],
        edge_types: [['context', 'element', 'property'], 'string_or_number', 'node'],
      },
      node_count: 2,
      edge_count: 1,
    },
    nodes: [2, 0, 1, 0, 1, 1, 1, 3, 40, 0],
    edges: [2, 2, 5],
    strings: ['', 'Session', 'session'],
  });
  writeFileSync(file, text);
  return { file, fileBytes: text.length };
}

test('a snapshot that fits is read', async () => {
  expect(await snapshotTree(snapshot(), signal, 1e9)).toEqual({
    retainedBytes: 40,
    tiles: [
      {
        steps: [{ id: 3, count: 1, type: 'object', name: 'Session', as: 'session' }],
        retainedBytes: 40,
        selfBytes: 40,
        tiles: [],
      },
    ],
  });
});

test('one that would take more than half of the memory that is left is not', async () => {
  const { file } = snapshot();
  expect(await snapshotTree({ file, fileBytes: 1e9 }, signal, 2e9)).toBeNull();
  expect(await snapshotTree({ file, fileBytes: 1e9 }, signal, 4e9)).not.toBeNull();
});

test('one that can not be read, or whose reader is interrupted, costs the answer nothing', async () => {
  const { file, fileBytes } = snapshot();
  expect(await snapshotTree({ file: join(folder, 'none'), fileBytes }, signal, 1e9)).toBeNull();
  expect(await snapshotTree({ file, fileBytes }, AbortSignal.abort(), 1e9)).toBeNull();
  writeFileSync(file, '{"snapshot":');
  expect(await snapshotTree({ file, fileBytes }, signal, 1e9)).toBeNull();
});
