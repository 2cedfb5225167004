import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openTerminalReaders, type TerminalReaders } from '../../src/cli/terminal-readers.ts';
import { childrenOf, commandOf, until } from './processes.ts';
import { atTerminal, type Terminal } from './terminal.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const NODE = process.execPath;
const SERVER = "require('http').createServer().listen(0, '127.0.0.1', () => console.log('READY'))";
const RESUMED = "process.stdin.resume(); console.log('READY')";

describe.runIf(process.platform === 'linux')('who reads a terminal', () => {
  test.each([
    ['cat', ['cat']],
    ['read of a shell', ['sh', '-c', 'read x']],
    ['Node with its standard input resumed', [NODE, '-e', RESUMED]],
    ['readline', [NODE, '-e', "require('readline').createInterface(process.stdin, process.stdout)"]],
    ['readSync', [NODE, '-e', "require('fs').readSync(0, Buffer.alloc(1))"]],
    ['a read in another thread', [NODE, '-e', "require('fs').read(0, Buffer.alloc(1), () => 0)"]],
    ['who has left the session', ['sh', '-c', 'setsid -w cat']],
    ['who waits with poll or select', ['script', '-qc', 'sleep 60', '/dev/null']],
  ])('is %s', async (_, words) => {
    const { readers } = await at(words);
    await until(() => readers.look().length > 0);
    expect(readers.look().map(({ asksSecret }) => asksSecret)).toEqual([false]);
  });

  test('is one that opens it, and may ask for a password', async () => {
    const { readers } = await at(['sh', '-c', 'exec cat /dev/tty']);
    await until(() => readers.look().length > 0);
    expect(readers.look().map(({ asksSecret }) => asksSecret)).toEqual([true]);
  });

  test('is the supervisor that waits for commands, and not the server it has started', async () => {
    const server = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SERVER)}], { stdio: 'inherit' })`;
    const { terminal, readers, shell } = await at([NODE, '-e', `process.stdin.resume(); ${server}`]);
    await terminal.shows(/READY\r/);
    const [supervisor] = readers.look();
    expect(readers.look()).toHaveLength(1);
    expect(childrenOf(shell)).toContain(supervisor?.pid);
  });

  test.each([
    ['a server that never touches its input', [NODE, '-e', SERVER]],
    ['a server whose input comes from elsewhere', ['sh', '-c', `sleep 60 | ${NODE} -e "${RESUMED}"`]],
    ['who only prints', ['sh', '-c', 'while :; do echo READY; sleep 0.05; done']],
    ['who computes', [NODE, '-e', "console.log('READY'); for (;;);"]],
    ['a job in the background', ['sh', '-c', 'set -m; cat & echo READY; sleep 60']],
  ])('is not %s', async (_, words) => {
    const { terminal, readers } = await at(words);
    await terminal.shows(/READY\r/);
    for (let look = 0; look < 25; look += 1) {
      expect(readers.look()).toEqual([]);
      await new Promise((done) => setTimeout(done, 20));
    }
  });

  test('is who computes with its standard input resumed, too', async () => {
    const { terminal, readers } = await at([NODE, '-e', `${RESUMED}; setTimeout(() => { for (;;); }, 100)`]);
    await terminal.shows(/READY\r/);
    await new Promise((done) => setTimeout(done, 300));
    expect(readers.look()).toHaveLength(1);
  });

  test('seems to be Node that has paused, until something is typed', async () => {
    const { terminal, readers } = await at([
      NODE,
      '-e',
      `${RESUMED}; setTimeout(() => process.stdin.pause(), 100); setInterval(() => 0, 1000)`,
    ]);
    await terminal.shows(/READY\r/);
    await new Promise((done) => setTimeout(done, 400));
    expect(readers.look()).toHaveLength(1);
    terminal.type('\r');
    await until(() => readers.look().length === 0);
    expect(readers.look()).toEqual([]);
  });

  test('is nobody can tell of a descriptor that is not the terminal', () => {
    const file = openSync('/dev/null', 'r');
    expect(openTerminalReaders(file, () => false)).toBeNull();
    closeSync(file);
  });
});

/** A command at a terminal, as a leakline would see it that is in the place of its shell. */
async function at(words: readonly string[]): Promise<{
  readonly terminal: Terminal;
  readonly readers: TerminalReaders;
  readonly shell: number;
}> {
  const terminal = atTerminal(words);
  open.push(() => terminal.child.kill('SIGKILL'));
  const shellOf = (): number => childrenOf(terminal.child.pid ?? 0)[0] ?? 0;
  const isStarted = (): boolean =>
    shellOf() !== 0 && childrenOf(shellOf()).some((pid) => /^(?!stty\b)./.test(commandOf(pid)));
  await until(isStarted);
  const shell = shellOf();
  const device = openSync(readlinkSync(`/proc/${shell}/fd/0`), constants.O_RDONLY | constants.O_NOCTTY);
  open.push(() => closeSync(device));
  const readers = openTerminalReaders(device, () => false, shell);
  if (readers === null) throw new Error('nobody tells who reads it');
  return { terminal, readers, shell };
}
