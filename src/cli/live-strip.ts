import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { paintLine } from '../present/line.ts';
import { sanitizeDocument } from '../present/sanitize.ts';
import type { TextOptions } from '../present/text/text-options.ts';
import { layoutStrip } from '../present/tui/layout.ts';
import {
  DISPLACED_REMOVAL,
  REGION_REMOVAL,
  stripFrame,
  stripRemoval,
  type StripPlace,
} from '../present/tui/strip-frame.ts';
import { stripLines } from '../present/tui/strip-lines.ts';
import type { LiveView } from '../report/live.ts';
import { followJobControl, isInForeground } from './job-control.ts';
import type { LiveScreen } from './live-screen.ts';
import { openTerminalGuard } from './terminal-guard.ts';

/**
 * The watch in the bottom rows of a terminal that a program has, drawn once a second; `null` where the terminal can't be
 * opened. It reads no keys. The program's streams are not touched: each frame is one write of our own, which the kernel keeps
 * whole among the program's (docs/decisions/0025).
 *
 * A program that reads key by key gets the whole terminal for as long as it does: it may be an editor. So does one that has
 * made the terminal too small, and a shell when we are stopped.
 */
export function openLiveStrip({ color, unicode }: TextOptions): LiveScreen | null {
  const terminal = openTerminal();
  if (terminal === null) return null;
  const guard = openTerminalGuard(terminal.frames);
  let view: LiveView | null = null;
  let shown: ShownStrip | null = null;
  /** Our rows were left to a program as they were. */
  let isLeft = false;
  let isClosed = false;
  let isAsking = false;
  let timer: NodeJS.Timeout | undefined;

  const write = (text: string): void => {
    try {
      // Synchronous, so that nothing of ours comes after the removal. A signal may cut a write short: the rest follows.
      writeFileSync(terminal.frames, text);
    } catch {
      // The terminal is gone: there is nobody to look, and nothing to give back.
    }
  };
  const removal = (): string => {
    if (shown === null) return '';
    return isResized(shown) ? DISPLACED_REMOVAL : stripRemoval(shown);
  };
  const remove = (): void => {
    if (shown !== null) write(removal());
    shown = null;
  };
  const draw = (readsLines: boolean): void => {
    if (view === null || !isInForeground()) return;
    const { columns, rows: terminalRows } = process.stdout;
    const layout = layoutStrip({ columns, rows: terminalRows });
    if (!readsLines) {
      // What stands in our rows may be the program's by now: an editor's, or a prompt's.
      if (shown !== null) write(REGION_REMOVAL);
      isLeft ||= shown !== null;
      shown = null;
      return;
    }
    if (layout === null) return remove();
    if (!terminal.hasRoom()) return;
    const lines = stripLines(view, layout, unicode).map((line) => paintLine(line, color));
    const place = { rows: layout.rows, terminalRows, columns };
    write(stripFrame(lines, place, { displaced: isLeft || (shown !== null && isResized(shown)) }));
    isLeft = false;
    shown = place;
  };
  const tick = async (): Promise<void> => {
    if (isClosed || isAsking || view === null) return;
    isAsking = true;
    const readsLines = await guard.readsLines(removal());
    isAsking = false;
    if (isClosed) return;
    const before = removal();
    draw(readsLines);
    // The guard must know at once what it has to take away. And what is printed over rows that were left gets mixed with them
    // until they are ours again.
    wait(removal() !== before ? 0 : isLeft ? EVERY_MS / 4 : EVERY_MS);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void tick(), ms);
    timer.unref();
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    process.stdout.off('resize', onResize);
    process.off('exit', close);
    endJobControl();
    // The answer is not to be mixed with it.
    if (isLeft) write(DISPLACED_REMOVAL);
    remove();
    guard.close();
    terminal.close();
  };

  const onResize = (): void => void tick();
  process.stdout.on('resize', onResize);
  process.once('exit', close);
  const endJobControl = followJobControl({ onStop: remove, onContinue: onResize });
  return {
    update(next) {
      const isFirst = view === null;
      view = sanitizeDocument(next, { unicode });
      if (isFirst) void tick();
    },
    finish: () => Promise.resolve(close()),
    close: () => Promise.resolve(close()),
  };
}

const EVERY_MS = 1000;

type ShownStrip = StripPlace & { readonly columns: number };

function isResized({ terminalRows, columns }: ShownStrip): boolean {
  return terminalRows !== process.stdout.rows || columns !== process.stdout.columns;
}

type OpenTerminal = {
  /** For frames, each written as a whole however slow the terminal is. */
  readonly frames: number;
  /**
   * Whether the terminal takes in what is written now. Where the program prints faster than the terminal reads, or somebody has
   * stopped it with Ctrl-S, a frame would have us wait. Tried with a NUL, which terminals leave out.
   */
  hasRoom(): boolean;
  close(): void;
};

/**
 * The terminal of standard output, opened anew: the stream that Node has writes in pieces when the terminal is slow, and shares its
 * mode with the program's. Linux alone, whose kernel keeps a write to a terminal whole; others let go of it when it is full.
 */
function openTerminal(): OpenTerminal | null {
  if (process.platform !== 'linux') return null;
  try {
    const flags = constants.O_WRONLY | constants.O_NOCTTY;
    const frames = openSync('/proc/self/fd/1', flags);
    const probe = openSync('/proc/self/fd/1', flags | constants.O_NONBLOCK);
    return {
      frames,
      hasRoom: () => takesNow(probe),
      close() {
        closeSync(frames);
        closeSync(probe);
      },
    };
  } catch {
    // A terminal of another namespace, say: it is the program's alone.
    return null;
  }
}

function takesNow(probe: number): boolean {
  try {
    return writeSync(probe, '\0') === 1;
  } catch {
    return false;
  }
}
