import type { TextOptions } from '../present/text/text-options.ts';
import { keysIn, unfinishedIn } from '../present/tui/keys.ts';
import { openScreen, type Screen } from '../present/tui/screen.tsx';
import type { SnapshotDesk } from '../session/snapshot-desk.ts';
import type { Interrupt } from './interrupt.ts';
import { openKeyboard } from './keyboard.ts';
import { snapshotCommands } from './snapshot-key.ts';

/** The screen, and the keys of who sits in front of it. */
export function openLiveScreen(title: string, text: TextOptions, options: LiveScreenOptions): LiveScreen {
  const { interrupt } = options;
  const snapshots = snapshotCommands(options);
  let screen: Screen | null = null;
  const keyboard = openKeyboard({
    keysIn,
    unfinishedIn,
    onKey: (key) => screen?.press(key),
    onSuspend: () => screen?.suspend(),
    onResume: () => screen?.resume(),
  });
  const opened = openScreen({
    stdout: process.stdout,
    ...text,
    title,
    ...(keyboard === null
      ? {}
      : { commands: { ...snapshots, quit: () => process.kill(process.pid, 'SIGINT') } }),
  });
  screen = opened;
  // Whoever was told to end does not wait for a reader.
  const release = (): void => opened.release();
  interrupt.signal.addEventListener('abort', release);
  return {
    update: (view) => opened.update(view),
    async finish() {
      await opened.close();
      interrupt.signal.removeEventListener('abort', release);
      keyboard?.close();
      snapshots.nameFiles();
    },
    async close() {
      release();
      await this.finish();
    },
  };
}

export type LiveScreenOptions = {
  readonly interrupt: Interrupt;
  /** Of a watch; left out where there is nothing to take a snapshot of. */
  readonly snapshots?: SnapshotDesk | undefined;
};

export type LiveScreen = Pick<Screen, 'update'> & {
  /** The answer is there: closes the screen as soon as the reader has closed what is open on it. */
  finish(): Promise<void>;
  /** Closes it at once. Safe to call after `finish`. */
  close(): Promise<void>;
};
