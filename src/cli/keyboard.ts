import type { Key } from '../present/tui/keys.ts';
import { followJobControl, isInForeground } from './job-control.ts';

export type Keyboard = {
  /** Gives the terminal its own handling of keys back. Safe to call twice. */
  close(): void;
};

export type KeyboardHooks = {
  readonly keysIn: (input: string) => Key[];
  /** What at the end of a piece of input may go on in the next. */
  readonly unfinishedIn: (input: string) => string;
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
export function openKeyboard({
  keysIn,
  unfinishedIn,
  onKey,
  onSuspend,
  onResume,
}: KeyboardHooks): Keyboard | null {
  const { stdin } = process;
  if (!stdin.isTTY || !isInForeground()) return null;
  let isOpen = true;
  let begun = '';
  let waiting: NodeJS.Timeout | undefined;
  const onData = (piece: string): void => {
    clearTimeout(waiting);
    const input = begun + piece;
    begun = unfinishedIn(input);
    press(input.slice(0, input.length - begun.length));
    if (begun === '') return;
    waiting = setTimeout(() => {
      const alone = begun;
      begun = '';
      press(alone);
    }, SEQUENCE_MS).unref();
  };
  const press = (input: string): void => {
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
  const onAbort = (): void => {
    close();
    onSuspend();
    process.kill(process.pid, 'SIGQUIT');
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(waiting);
    stdin.off('data', onData);
    process.off('exit', close);
    endJobControl();
    process.off('SIGQUIT', onAbort);
    give();
  };
  stdin.setEncoding('utf8');
  stdin.on('data', onData);
  process.on('exit', close);
  const endJobControl = followJobControl({
    onStop: () => {
      give();
      onSuspend();
    },
    onContinue: () => {
      take();
      onResume();
    },
  });
  process.on('SIGQUIT', onAbort);
  take();
  return { close };
}

/** The bytes of one key are as far apart as a slow network puts them; a person waits longer between two. */
const SEQUENCE_MS = 50;

/** As in kill(2). */
const OWN_GROUP = 0;

const SIGNAL_BY_KEY: Readonly<Partial<Record<Key, NodeJS.Signals>>> = {
  interrupt: 'SIGINT',
  suspend: 'SIGTSTP',
  abort: 'SIGQUIT',
};
