import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  abandonClaim,
  claimInspector,
  removeWhatWasLeft,
  takeOverWhatWasLeft,
} from '../../src/target/left-behind.ts';
import { makeRawFile } from '../../src/target/raw-file.ts';
import { makePrivateDirectory } from '../../src/target/private-directory.ts';
import { ownIdentity } from '../../src/target/process-identity.ts';

/** As if a leakline had been killed: its owner file names a process of this number that started earlier. */
function killOwner(path: string): void {
  writeFileSync(join(path, 'owner'), ownIdentity().replace(/\d+$/, '1'));
}

function make(): ReturnType<typeof makePrivateDirectory> {
  const directory = makePrivateDirectory();
  onTestFinished(directory.remove);
  return directory;
}

test('the directory of a leakline that runs stays, that of one that was killed goes', () => {
  const running = make();
  const killed = make();
  killOwner(killed.path);
  expect(takeOverWhatWasLeft(process.pid)).toEqual({ inspector: false });
  expect(existsSync(running.path)).toBe(true);
  expect(existsSync(killed.path)).toBe(false);
});

test('an inspector that a killed leakline asked for is taken over once, by whoever attaches to that process', () => {
  const other = spawn('sleep', ['20'], { stdio: 'ignore' });
  onTestFinished(() => void other.kill());
  const directory = make();
  claimInspector(directory.path, other.pid ?? 0);
  killOwner(directory.path);
  expect(takeOverWhatWasLeft(process.pid)).toEqual({ inspector: false });
  expect(existsSync(directory.path)).toBe(true);
  expect(takeOverWhatWasLeft(other.pid ?? 0)).toEqual({ inspector: true });
  expect(takeOverWhatWasLeft(other.pid ?? 0)).toEqual({ inspector: false });
});

test('what was given up may be taken over although its leakline still runs; what is in use may not', () => {
  const directory = make();
  claimInspector(directory.path, process.pid);
  expect(takeOverWhatWasLeft(process.pid)).toEqual({ inspector: false });
  abandonClaim(directory.path);
  expect(takeOverWhatWasLeft(process.pid)).toEqual({ inspector: true });
});

test('a note about a process that has ended goes with it', async () => {
  const other = spawn('sleep', ['20'], { stdio: 'ignore' });
  const directory = make();
  claimInspector(directory.path, other.pid ?? 0);
  abandonClaim(directory.path);
  other.kill('SIGKILL');
  await new Promise((done) => other.once('exit', done));
  takeOverWhatWasLeft(process.pid);
  expect(existsSync(directory.path)).toBe(false);
});

describe('a folder of somebody else stays, whatever it is called', () => {
  const HOURS_AGO = new Date(Date.now() - 2 * 3_600_000);
  const tree = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).toSorted();

  /** Of six letters, with our prefix and without, empty and not, and with names that are ours. */
  function foreign(folder: string): string[] {
    for (const name of [
      'server',
      'public',
      'leakline-server',
      'leakline-public',
      'leakline-abcdef',
      'vendor',
    ]) {
      mkdirSync(join(folder, name));
    }
    for (const name of ['server', 'leakline-server']) {
      mkdirSync(join(folder, name, 'agent'));
      writeFileSync(join(folder, name, 'agent', 'index.ts'), 'code');
    }
    for (const name of ['leakline-abcdef', 'vendor']) {
      writeFileSync(join(folder, name, 'owner'), ownIdentity().replace(/\d+$/, '1'));
      writeFileSync(join(folder, name, 'notes'), 'mine');
    }
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), HOURS_AGO, HOURS_AGO);
    return tree(folder);
  }

  test('where a snapshot is written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'beside-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const before = foreign(folder);
    removeWhatWasLeft(folder);
    expect(tree(folder)).toEqual(before);
  });

  test('where the sockets are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const before = foreign(folder);
    const killed = makePrivateDirectory();
    killOwner(killed.path);
    takeOverWhatWasLeft(process.pid);
    expect(tree(folder)).toEqual(before);
  });
});

test('beside a snapshot only what a killed leakline made for one goes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'beside-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const running = makeRawFile(folder, process.geteuid?.() ?? 0);
  const killed = makeRawFile(folder, process.geteuid?.() ?? 0);
  killOwner(dirname(killed.path));
  // Of the same form, and not ours.
  mkdirSync(join(folder, 'leakline-abcdef'));
  writeFileSync(join(folder, 'leakline-abcdef', 'notes'), '');
  removeWhatWasLeft(folder);
  expect(existsSync(running.path)).toBe(true);
  expect(readdirSync(folder)).toHaveLength(2);
  expect(existsSync(killed.path)).toBe(false);
  running.unname();
  expect(readdirSync(folder)).toEqual(['leakline-abcdef']);
  for (const raw of [running, killed]) raw.close();
});
