import { readFileSync } from 'node:fs';
import type { Key } from '../present/tui/keys.ts';

export type Keyboard = {
  /** Gives the terminal its own handling of keys back. Safe to call twice. */
  close(): void;
};

export type KeyboardHooks = {
  readonly keysIn: (input: string) => Key[];
  readonly onKey: (key: Key) => void;
  /** The shell is about to have the terminal, and has given it back. */
  readonly onSuspend: () => void;
  readonly onResume: () => void;
};

/**
 * Reads keys one by one, where somebody sits at a terminal; `null` where input comes from elsewhere, or the terminal belongs to
 * another job at this moment (a job in the background that touches it is stopped).
 *
 * A terminal in raw mode sends no signals, so the three keys for them are handed to our process group as the terminal would
 * have done: Ctrl-C ends whatever was started with us. It gets its mode back however this process ends, but for a kill -9.
 */
export function openKeyboard({ keysIn, onKey, onSuspend, onResume }: KeyboardHooks): Keyboard | null {
  const { stdin } = process;
  if (!stdin.isTTY || !isInForeground()) return null;
  let isOpen = true;
  const onData = (input: string): void => {
    for (const key of keysIn(input)) {
      // What a key closes hears of no later one.
      if (!isOpen) return;
      const signal = SIGNAL_BY_KEY[key];
      if (signal === undefined) onKey(key);
      else process.kill(OWN_GROUP, signal);
    }
  };
  const take = (): void => {
    stdin.setRawMode(true);
    stdin.resume();
    // Nothing is kept waiting for a key that may never come.
    stdin.unref();
  };
  const give = (): void => {
    if (stdin.isRaw) stdin.setRawMode(false);
    stdin.pause();
  };
  let isAway = false;
  const onStop = (): void => {
    isAway = true;
    give();
    onSuspend();
    // Its own action, which the kernel leaves out where no shell is there to have us go on.
    process.off('SIGTSTP', onStop);
    process.kill(process.pid, 'SIGTSTP');
    setTimeout(onContinue, STOPPED_WITHIN_MS);
  };
  const onContinue = (): void => {
    // Sent to the background, it goes on without keys and picture until it is called back.
    if (!isOpen || !isAway || !isInForeground()) return;
    isAway = false;
    process.on('SIGTSTP', onStop);
    take();
    onResume();
  };
  const onAbort = (): void => {
    close();
    onSuspend();
    process.kill(process.pid, 'SIGQUIT');
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stdin.off('data', onData);
    process.off('exit', close);
    process.off('SIGTSTP', onStop);
    process.off('SIGCONT', onContinue);
    process.off('SIGQUIT', onAbort);
    give();
  };
  stdin.setEncoding('utf8');
  stdin.on('data', onData);
  process.on('exit', close);
  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', onContinue);
  process.on('SIGQUIT', onAbort);
  take();
  return { close };
}

const STOPPED_WITHIN_MS = 100;

/** As in kill(2). */
const OWN_GROUP = 0;

const SIGNAL_BY_KEY: Readonly<Partial<Record<Key, NodeJS.Signals>>> = {
  interrupt: 'SIGINT',
  suspend: 'SIGTSTP',
  abort: 'SIGQUIT',
};

/** Whether the terminal's job is ours, as the kernel tells; where nothing tells, it is. */
function isInForeground(): boolean {
  try {
    // Behind the command in its brackets: state, parent, process group, session, terminal, the terminal's process group
    // (proc(5)).
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}
