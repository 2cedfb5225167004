import { describe, expect, test } from 'vitest';
import { closeUnusedInspector } from '../../src/agent/close-inspector.ts';

const URL_OF_OURS = 'ws://127.0.0.1:9229/7f0e';
const INSPECTOR = '0100007F:240D'; // 127.0.0.1:9229

describe('an inspector is shut when Node has no connection to a client any more', () => {
  test.each([
    ['01', 'established', false],
    ['03', 'being made', false],
    ['08', 'left by the client, and not yet noticed by Node', false],
    ['0A', 'listening itself', true],
    ['06', 'remembered by the kernel alone', true],
    ['09', 'closed by both, with its last acknowledgement under way', true],
  ])('%s, a connection %s', (state, _, isShut) => {
    const { require, closed } = processWith([line(INSPECTOR, state)]);
    expect(closeUnusedInspector(require, URL_OF_OURS)).toBe(isShut);
    expect(closed()).toBe(isShut);
  });

  test('connections to other ports are none of its', () => {
    const { require, closed } = processWith([line('0100007F:240E', '01'), line('0100007F:1F90', '08')]);
    expect(closeUnusedInspector(require, URL_OF_OURS)).toBe(true);
    expect(closed()).toBe(true);
  });

  test('one that was opened since is left to whoever opened it', () => {
    const { require, closed } = processWith([]);
    expect(closeUnusedInspector(require, 'ws://127.0.0.1:9229/51d2')).toBe(true);
    expect(closed()).toBe(false);
  });

  test('where connections cannot be listed it stays open', () => {
    const { require, closed } = processWith(null);
    expect(closeUnusedInspector(require, URL_OF_OURS)).toBe(false);
    expect(closed()).toBe(false);
  });
});

/** As `/proc/self/net/tcp` has it: number, local and remote address, state, and what is of no interest here. */
function line(local: string, state: string): string {
  return `   1: ${local} 0100007F:D431 ${state} 00000000:00000000 00:00000000 00000000     0        0 31254 1`;
}

/** A process with an inspector on port 9229 and these connections, as far as its `require` shows it. */
function processWith(lines: readonly string[] | null): { require: NodeJS.Require; closed: () => boolean } {
  let closed = false;
  class Session {
    connect(): void {}
    post(): void {}
    disconnect(): void {}
  }
  const builtins: Record<string, object> = {
    'node:inspector': {
      url: () => URL_OF_OURS,
      close: () => (closed = true),
      Session,
    },
    'node:fs': {
      existsSync: (path: string) => lines !== null && path === '/proc/self/net/tcp',
      readFileSync: () => ['  sl  local_address rem_address   st', ...(lines ?? [])].join('\n'),
    },
  };
  return { require: ((name: string) => builtins[name]) as unknown as NodeJS.Require, closed: () => closed };
}
