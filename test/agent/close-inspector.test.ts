import { expect, test } from 'vitest';
import { closeUnusedInspector } from '../../src/agent/close-inspector.ts';

const URL = 'ws://127.0.0.1:9229/1b2c';

/** Node's modules as far as they are asked for; what is done with them is noted. */
function world(tables: Readonly<Record<string, string>>): { require: NodeJS.Require; done: string[] } {
  const done: string[] = [];
  const modules: Readonly<Record<string, object>> = {
    'node:inspector': {
      url: () => URL,
      close: () => done.push('close'),
      Session: class {
        connect(): void {}
        post(method: string): void {
          done.push(method);
        }
        disconnect(): void {}
      },
    },
    'node:fs': {
      existsSync: (path: string) => path in tables,
      readFileSync: (path: string) => {
        done.push(path);
        return tables[path];
      },
    },
  };
  return { require: ((name: string) => modules[name]) as unknown as NodeJS.Require, done };
}

const line = (state: string): string => ` 0: 0100007F:240D 0100007F:C350 ${state} 0:0 0:0 0 0 0 1`;
const SHUT = ['close', 'Runtime.discardConsoleEntries'];

test('what leakline has seen in the kernel’s table is not looked up in the program’s time', () => {
  const { require, done } = world({ '/proc/self/net/tcp': line('01') });
  expect(closeUnusedInspector(require, URL, true)).toBe(false);
  expect(done).toEqual([]);
  expect(closeUnusedInspector(require, URL, false)).toBe(true);
  expect(done).toEqual(SHUT);
});

test('without an answer the program looks by itself, and shuts nothing under a client', () => {
  const used = world({ '/proc/self/net/tcp': line('01') });
  expect(closeUnusedInspector(used.require, URL)).toBe(false);
  expect(used.done).toEqual(['/proc/self/net/tcp']);
  const left = world({ '/proc/self/net/tcp': line('06') });
  expect(closeUnusedInspector(left.require, URL, null)).toBe(true);
  expect(left.done).toEqual(['/proc/self/net/tcp', ...SHUT]);
});

test('where connections can’t be listed it is taken to be in use; another one than ours is left alone', () => {
  const blind = world({});
  expect(closeUnusedInspector(blind.require, URL)).toBe(false);
  expect(closeUnusedInspector(blind.require, 'ws://127.0.0.1:9229/other', false)).toBe(true);
  expect(blind.done).toEqual([]);
});
