import type { Key } from '../present/tui/keys.ts';

/** How keys are told from input, and who is told of them. */
export type KeyHooks = {
  readonly keysIn: (input: string) => Key[];
  /** What at the end of a piece of input may go on in the next. */
  readonly unfinishedIn: (input: string) => string;
  readonly onKey: (key: Key) => void;
};

export type KeyInput = {
  take(piece: string): void;
  /** Hears nothing more of what was begun, nor of what is left of a piece. */
  close(): void;
};

/**
 * Keys out of input that comes in pieces. A lone escape is a key when nothing has followed for as many milliseconds: the bytes of
 * one key are as far apart as a slow network puts them; a person waits longer between two.
 */
export function openKeyInput({ keysIn, unfinishedIn, onKey }: KeyHooks, sequenceMs = 50): KeyInput {
  let isOpen = true;
  let begun = '';
  let waiting: NodeJS.Timeout | undefined;
  const press = (input: string): void => {
    for (const key of keysIn(input)) {
      // What a key closes hears of no later one.
      if (!isOpen) return;
      onKey(key);
    }
  };
  return {
    take(piece) {
      clearTimeout(waiting);
      const input = begun + piece;
      begun = unfinishedIn(input);
      press(input.slice(0, input.length - begun.length));
      if (begun === '') return;
      waiting = setTimeout(() => {
        const alone = begun;
        begun = '';
        press(alone);
      }, sequenceMs).unref();
    },
    close() {
      isOpen = false;
      clearTimeout(waiting);
    },
  };
}
