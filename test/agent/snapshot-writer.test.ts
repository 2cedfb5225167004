import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { SnapshotWriter } from '../../src/agent/snapshot-writer.ts';

function writer(): SnapshotWriter {
  return new SnapshotWriter(
    createRequire(import.meta.url),
    () => performance.now(),
    () => Promise.resolve(),
    () => false,
  );
}

test('a script that V8 has collected since it was listed has no text, and keeps none of the others from theirs', () => {
  const all = writer();
  const listed = all.scripts(0).find(({ url }) => url.endsWith('/vitest.mjs') || url.includes('vitest'));
  expect(listed).toBeDefined();
  const id = listed?.id ?? '';
  expect(all.source(['987654321', id], '987654321', 0)).toBe('');
  expect(all.source(['987654321', id], id, 0)).not.toBe('');
});
