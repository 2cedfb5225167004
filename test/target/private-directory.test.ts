import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePrivateDirectory, removeStaleDirectories } from '../../src/target/private-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'stale-'));
const { TMPDIR } = process.env;
beforeAll(() => {
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(folder, { recursive: true });
});

/** A socket whose listener was killed, as a leakline that was ended by SIGKILL leaves it. */
async function leaveSocket(directory: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () => console.log())`;
  const child = spawn(process.execPath, ['-e', script, join(directory, 'agent')]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
}

function age(directory: string): void {
  const before = Date.now() / 1000 - 60;
  utimesSync(directory, before, before);
}

test('only what a killed leakline left is removed', async () => {
  const stale = makePrivateDirectory().path;
  await leaveSocket(stale);
  age(stale);
  const young = makePrivateDirectory().path;
  await leaveSocket(young);
  const inUse = makePrivateDirectory().path;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(inUse, 'agent'), resolve));
  age(inUse);
  const opening = makePrivateDirectory().path;
  age(opening);
  const open = join(folder, 'leakline-open');
  mkdirSync(open, { mode: 0o755 });
  await leaveSocket(open);
  age(open);

  await removeStaleDirectories();

  const left = [young, inUse, opening, open].map((path) => path.slice(folder.length + 1));
  expect(readdirSync(folder).sort()).toEqual(left.sort());
  await new Promise((resolve) => server.close(resolve));
});
