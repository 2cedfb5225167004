import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isWord } from '../../src/session/fresh-node.ts';
import { listScripts, readProgramWords } from '../../src/session/snapshot-words.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'words-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): { id: string; url: string; sourceMap: string } {
  writeFileSync(join(folder, name), text);
  return { id: '7', url: join(folder, name), sourceMap: '' };
}

async function read(
  scripts: Parameters<typeof readProgramWords>[0],
  asked: Readonly<Record<string, string>> = {},
  scriptLengthMax = 1_000_000,
): Promise<Awaited<ReturnType<typeof readProgramWords>>> {
  return readProgramWords(scripts, new Set(['Socket']), ['const nodeWord = 1;'], {
    scriptLengthMax,
    askFor: async function* (ids) {
      for (const id of ids) yield [id, asked[id] ?? ''] as const;
    },
  });
}

describe('the words of a program', () => {
  test('are those of Node, of Node’s text, of its scripts, and where these are', async () => {
    const app = script('app.cjs', 'const sessions = {}; sessions["hunter2"] = `hunter3`; // hunter4');
    const { words, unread } = await read([app]);
    for (const word of ['Socket', 'nodeWord', 'sessions', 'const', app.url, folder])
      expect(words.has(word), word).toBe(true);
    for (const word of ['hunter2', 'hunter3', 'hunter4']) expect(words.has(word), word).toBe(false);
    expect(unread).toBe(0);
  });
  test('come from what V8 compiled where the disk has something else', async () => {
    const typed = { ...script('app.ts', 'const sessions: Map<string, number> = new Map();'), id: '9' };
    const { words, unread } = await read([typed], { 9: 'const compiled = new Map();' });
    expect(words.has('compiled')).toBe(true);
    expect(words.has('sessions')).toBe(false);
    expect(unread).toBe(0);
  });
  test('are not known of a script nobody has the text of, which is counted', async () => {
    const gone = { id: '3', url: join(folder, 'gone.js'), sourceMap: '' };
    expect((await read([gone])).unread).toBe(1);
  });
  test('are not read from a script that takes too much memory to parse', async () => {
    const app = script('app.js', `const sessions = 1;${' '.repeat(100)}`);
    const { words, unread } = await read([app], {}, 100);
    expect(words.has('sessions')).toBe(false);
    expect(unread).toBe(1);
  });
});

test('where a script is from is told without what may be secret', () => {
  const urls = [
    'file:///srv/a%20b.mjs?token=hunter2#hunter2',
    '/srv/app.cjs',
    'https://user:hunter2@example.com/a.js?hunter2',
    'data:text/javascript,const hunter2 = 1',
    'evalmachine.<anonymous>',
    'tenant-hunter2.js',
    'webpack-internal:///./src/a.js',
  ];
  const listed = listScripts(
    urls.map((url, at) => ({
      id: String(at),
      url,
      sourceMap: at === 1 ? 'data:application/json,hunter2' : '',
    })),
  );
  expect(listed.map(({ url }) => url)).toEqual([
    'file:///srv/a%20b.mjs',
    '/srv/app.cjs',
    'https://example.com/a.js',
    '(evaluated)',
    '(evaluated)',
    '(evaluated)',
    'webpack-internal:///./src/a.js',
  ]);
  expect(listed.map(({ sourceMap }) => sourceMap)).toEqual([null, 'inline', null, null, null, null, null]);
  expect(JSON.stringify(listed)).not.toContain('hunter2');
});

test('numbers are no words of Node, since they may be PINs of the program', () => {
  for (const word of ['Socket', 'kState', 'system / Map', 'a', '3 / Handler', '(GC roots)'])
    expect(isWord(word), word).toBe(true);
  for (const text of ['4711', '0', '1.5', '', '-', '12:30', '\u0001x', 'größe', 'x'.repeat(101)])
    expect(isWord(text), text).toBe(false);
});
