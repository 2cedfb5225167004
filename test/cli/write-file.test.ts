import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWholeFile } from '../../src/cli/write-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leakline-write-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

test('only its owner may read it, whatever the file was before, and nothing else is left', async () => {
  const file = join(folder, 'report.html');
  const before = process.umask(0);
  try {
    await writeWholeFile(file, 'first');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o666);
    await writeWholeFile(file, 'second');
  } finally {
    process.umask(before);
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['report.html']);
});

test('who has the file open reads all of the old one while the new one takes its place', async () => {
  const file = join(folder, 'report.json');
  await writeWholeFile(file, 'o'.repeat(100_000));
  const reader = await open(file, 'r');
  await writeWholeFile(file, 'n');
  expect(await reader.readFile('utf8')).toBe('o'.repeat(100_000));
  await reader.close();
  expect(readFileSync(file, 'utf8')).toBe('n');
});

test('a link is neither followed nor replaced, wherever it leads', async () => {
  const target = join(folder, 'target');
  writeFileSync(target, 'mine');
  for (const [name, to] of [
    ['link', target],
    ['dangling', join(folder, 'nowhere')],
    ['to-a-folder', tmpdir()],
  ] as const) {
    const link = join(folder, name);
    symlinkSync(to, link);
    await expect(writeWholeFile(link, 'x')).rejects.toMatchObject({
      code: 'CANNOT_WRITE',
      message: expect.stringContaining('it is a symbolic link') as string,
    });
    expect(readlinkSync(link)).toBe(to);
  }
  expect(readFileSync(target, 'utf8')).toBe('mine');
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('a folder on the way may be a link', async () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'way'));
  await writeWholeFile(join(folder, 'way', 'report.md'), 'text');
  expect(readFileSync(join(folder, 'real', 'report.md'), 'utf8')).toBe('text');
});

test('a pipe is written to, and stays one', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = open(pipe, 'r').then(async (handle) => {
    const text = await handle.readFile('utf8');
    await handle.close();
    return text;
  });
  await writeWholeFile(pipe, 'through');
  expect(await read).toBe('through');
  expect(statSync(pipe).isFIFO()).toBe(true);
  await writeWholeFile('/dev/null', 'gone');
});

test.each([
  ['missing/report.html', /there is no directory .*missing/],
  ['file/report.html', /file is not a directory/],
  ['directory', /it is a directory/],
  ['n'.repeat(300), /its name is too long/],
])('%s is refused in words', async (name, words) => {
  writeFileSync(join(folder, 'file'), 'kept');
  mkdirSync(join(folder, 'directory'));
  await expect(writeWholeFile(join(folder, name), 'x')).rejects.toMatchObject({
    code: 'CANNOT_WRITE',
    message: expect.stringMatching(words) as string,
  });
  expect(readdirSync(folder).sort()).toEqual(['directory', 'file']);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
});

// Root may write anywhere.
test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is named', async () => {
  const file = join(folder, 'report.html');
  writeFileSync(file, 'before');
  chmodSync(folder, 0o500);
  await expect(writeWholeFile(file, 'after')).rejects.toThrow(/this user may not write in the directory/);
  expect(readFileSync(file, 'utf8')).toBe('before');
});
