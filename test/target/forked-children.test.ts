import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { forkedChildren } from '../../src/target/forked-children.ts';

const folder = mkdtempSync(join(tmpdir(), 'forked-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'program.cjs');
// Forks once more if it is told to, and tells the pid of what it forked.
writeFileSync(
  file,
  `const { fork } = require('node:child_process');
  setInterval(() => {}, 1000);
  process.once('disconnect', () => process.exit());
  const child = process.argv[2] === 'nests' ? fork(__filename) : null;
  process.send(child?.pid ?? null);`,
);

test('those that were forked, and what they forked; not what was merely spawned', async () => {
  const nesting = fork(file, ['nests']);
  const spawned = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => {
    spawned.kill();
    nesting.kill();
  });
  const [nested] = (await once(nesting, 'message')) as [number];
  const found = forkedChildren(process.pid);
  expect(found).toContain(nesting.pid);
  expect(found).toContain(nested);
  expect(found).not.toContain(spawned.pid);
  expect(forkedChildren(nested)).toEqual([]);
});
