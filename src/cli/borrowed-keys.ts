import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isInForeground } from './job-control.ts';
import type { TerminalGuard, TerminalMode } from './terminal-guard.ts';
import { openTerminalReaders, type TerminalReader, type TerminalReaders } from './terminal-readers.ts';

/** The keys of a terminal that a program has, while nobody else reads them. */
export type BorrowedKeys = {
  /** What is typed comes to us. */
  readonly areOurs: boolean;
  /** They were ours, and what a program then found it may put back at any time. */
  readonly wereOurs: boolean;
  /**
   * Takes them, keeps them or gives them back, as the terminal reads now and as they are wanted. To be called again and again, four
   * times a second where they were ours.
   */
  settle(mode: TerminalMode, isWanted: boolean): Promise<void>;
  giveBack(): Promise<void>;
  /** What is ours is given back by the guard. */
  close(): void;
};

/**
 * `null` where standard input and output are not our terminal, or where nobody can tell who else reads it.
 *
 * They are taken when nobody has read for three seconds and the terminal reads whole lines, and given back as soon as
 * somebody reads. Ten times a second it is looked first and read then, so that nothing is taken from who waits for it. What was typed
 * before they were ours is lost on us: it was for nobody yet.
 */
export function borrowKeys({
  guard,
  onInput,
  onChange,
}: {
  readonly guard: TerminalGuard;
  readonly onInput: (input: string) => void;
  /** They have become ours, or are no longer. */
  readonly onChange: () => void;
}): BorrowedKeys | null {
  if (!isOneTerminal(STDIN, STDOUT)) return null;
  const readers = openTerminalReaders(STDIN, (pid) => pid === guard.pid);
  const input = readers === null ? null : openInput();
  if (readers === null || input === null) return null;
  let areOurs = false;
  let wereOurs = false;
  let timer: NodeJS.Timeout | undefined;
  let readAtMs = performance.now();
  /** Counts what has made a taking that is under way pointless. */
  let givings = 0;

  const look = (): readonly TerminalReader[] => {
    const found = readersNow(readers);
    if (found.length > 0) readAtMs = performance.now();
    return found;
  };
  const take = (): void => {
    areOurs = true;
    wereOurs = true;
    while (input.read() !== '') continue;
    onChange();
    listen();
  };
  const give = async (found: readonly TerminalReader[]): Promise<void> => {
    givings += 1;
    clearTimeout(timer);
    const wasChange = areOurs;
    areOurs = false;
    if (wasChange) onChange();
    if (wereOurs) await guard.giveKeys({ echo: !found.some(({ asksSecret }) => asksSecret) });
  };
  const listen = (): void => {
    const before = process.cpuUsage();
    const found = look();
    const { user, system } = process.cpuUsage(before);
    const tookMs = (user + system) / 1000;
    // To read in the background would stop the whole group.
    if (found.length > 0 || !isInForeground()) {
      void give(found);
      return;
    }
    timer = setTimeout(listen, Math.min(EVERY_MS_MOST, Math.max(EVERY_MS, tookMs / SHARE_OF_TIME))).unref();
    const typed = input.read();
    if (typed !== '') onInput(typed);
  };
  return {
    get areOurs() {
      return areOurs;
    },
    get wereOurs() {
      return wereOurs;
    },
    async settle(mode, isWanted) {
      if (areOurs) {
        if (!isWanted) await give([]);
        // Another mode is somebody else's, and stays.
        else if (!mode.isForKeys) await give(look());
        return;
      }
      if (!isInForeground() || (!isWanted && !wereOurs)) return;
      const found = look();
      const isFree = isWanted && found.length === 0 && performance.now() - readAtMs >= QUIET_MS;
      if (mode.isForKeys && isFree) {
        take();
      } else if (mode.isForKeys || mode.isSecret) {
        // Put back by who found it, or left over from a question that has been answered.
        const isAsked = mode.isSecret && found.some(({ asksSecret }) => asksSecret);
        if (!isAsked) await give(found);
      } else if (mode.readsLines && isFree) {
        const givingsBefore = givings;
        if (!(await guard.takeKeys())) return;
        wereOurs = true;
        if (givings === givingsBefore) take();
        else await give([]);
      }
    },
    giveBack: () => give([]),
    close() {
      clearTimeout(timer);
      areOurs = false;
      givings += 1;
      input.close();
    },
  };
}

const STDIN = 0;
const STDOUT = 1;

const EVERY_MS = 100;
/** So long at most a program finds the terminal in our mode. */
const EVERY_MS_MOST = 250;
/** More of the processor's time is not to go into looking: with very many threads at the terminal keys come later. */
const SHARE_OF_TIME = 0.02;
/** Who asks several things one after the other is not to lose an answer in between. */
const QUIET_MS = 3000;

function isOneTerminal(one: number, other: number): boolean {
  try {
    const [first, second] = [fstatSync(one), fstatSync(other)];
    return first.isCharacterDevice() && second.isCharacterDevice() && first.rdev === second.rdev;
  } catch {
    return false;
  }
}

/** Where they can't be told, there is one. */
function readersNow(readers: TerminalReaders): readonly TerminalReader[] {
  try {
    return readers.look();
  } catch {
    return [{ pid: 0, asksSecret: true }];
  }
}

type Input = {
  /** What was typed, byte by byte; empty if nothing was. */
  read(): string;
  close(): void;
};

/** Opened anew, since others share the way of reading of standard input. */
function openInput(): Input | null {
  try {
    const descriptor = openSync(
      `/proc/self/fd/${STDIN}`,
      constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK,
    );
    const buffer = Buffer.alloc(1024);
    return {
      read() {
        try {
          return buffer.toString('latin1', 0, readSync(descriptor, buffer));
        } catch {
          // Nothing there, or no terminal any more.
          return '';
        }
      },
      close: () => closeSync(descriptor),
    };
  } catch {
    return null;
  }
}
