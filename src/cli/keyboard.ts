import type { Key } from '../present/tui/keys.ts';
import { followJobControl, isInForeground } from './job-control.ts';
import { type KeyHooks, openKeyInput } from './key-input.ts';

export type Keyboard = {
  /** Gives the terminal its own handling of keys back. Safe to call twice. */
  close(): void;
};

export type KeyboardHooks = KeyHooks & {
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
export function openKeyboard({ onKey, onSuspend, onResume, ...hooks }: KeyboardHooks): Keyboard | null {
  const { stdin } = process;
  if (!stdin.isTTY || !isInForeground()) return null;
  let isOpen = true;
  const input = openKeyInput({
    ...hooks,
    onKey(key) {
      const signal = SIGNAL_BY_KEY[key];
      if (signal === undefined) onKey(key);
      else process.kill(OWN_GROUP, signal);
    },
  });
  const onData = (piece: string): void => input.take(piece);
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
    input.close();
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

/** As in kill(2). */
const OWN_GROUP = 0;

const SIGNAL_BY_KEY: Readonly<Partial<Record<Key, NodeJS.Signals>>> = {
  interrupt: 'SIGINT',
  suspend: 'SIGTSTP',
  abort: 'SIGQUIT',
};
