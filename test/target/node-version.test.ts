import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkNodeVersion, nodeVersion } from '../../src/target/node-version.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-version-'));
afterAll(() => rmSync(folder, { recursive: true }));

function executable(name: string, text: string, bytesBefore: number): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(text)]));
  return path;
}

test('this Node tells its version without being run', () => {
  expect(nodeVersion(process.execPath)).toBe(process.version);
});

test.each([0, 4_194_294, 4_194_304, 9_000_000])('the version %i bytes into a file is found', (bytes) => {
  const path = executable(`node-${bytes}`, 'https://nodejs.org/download/release/v18.20.4/node-v18', bytes);
  expect(nodeVersion(path)).toBe('v18.20.4');
});

test('a file without a version, and a file that is not there, tell nothing', () => {
  expect(nodeVersion(executable('other', 'download/release/vfoo/', 100))).toBeNull();
  expect(nodeVersion(join(folder, 'missing'))).toBeNull();
});

test('a Node before 20 is refused by its version, one that does not tell is not', () => {
  expect(() => checkNodeVersion(7, 'v18.20.4')).toThrow('Process 7 runs Node 18.20.4');
  expect(() => checkNodeVersion(7, 'v20.0.0')).not.toThrow();
  expect(() => checkNodeVersion(7, null)).not.toThrow();
});
