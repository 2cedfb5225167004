import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { paintLine } from '../present/line.ts';
import { sanitizeDocument } from '../present/sanitize.ts';
import type { TextOptions } from '../present/text/text-options.ts';
import { type Key, keysIn, unfinishedIn } from '../present/tui/keys.ts';
import { layoutStrip, type ScreenLayout } from '../present/tui/layout.ts';
import { LiveReader } from '../present/tui/live-reader.ts';
import type { SnapshotTalk } from '../present/tui/snapshot-talk.ts';
import {
  DISPLACED_REMOVAL,
  REGION_REMOVAL,
  stripFrame,
  stripRemoval,
  type StripPlace,
} from '../present/tui/strip-frame.ts';
import { possibleOf, type StripKeys, stripLines } from '../present/tui/strip-lines.ts';
import { borrowKeys } from './borrowed-keys.ts';
import { followJobControl, isInForeground } from './job-control.ts';
import { openKeyInput } from './key-input.ts';
import type { LiveScreen, LiveScreenOptions } from './live-screen.ts';
import { snapshotCommands } from './snapshot-key.ts';
import { openTerminalGuard } from './terminal-guard.ts';

/**
 * The watch in the bottom rows of a terminal that a program has, drawn once a second; `null` where the terminal can't be
 * opened. The program's streams are not touched: each frame is one write of our own, which the kernel keeps whole among the
 * program's (docs/decisions/0025). Keys are read while the program reads none.
 *
 * A program that reads key by key gets the whole terminal for as long as it does: it may be an editor. So does one that has
 * made the terminal too small, and a shell when we are stopped.
 */
export function openLiveStrip(
  { color, unicode }: TextOptions,
  options: LiveScreenOptions,
): LiveScreen | null {
  const terminal = openTerminal();
  if (terminal === null) return null;
  const reader = new LiveReader();
  const snapshots = snapshotCommands(options);
  let shown: ShownStrip | null = null;
  /** Our rows were left to a program as they were. */
  let isLeft = false;
  /** For good, and the program has the whole terminal again. */
  let isAway = false;
  let isStopped = false;
  let isClosed = false;
  let isAsking = false;
  let isDue = false;
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
  const guard = openTerminalGuard(terminal.frames, removal);
  const keys = borrowKeys({
    guard,
    onInput: (typed) => input.take(typed),
    onChange: () => {
      if (keys?.areOurs !== true) reader.leave();
      soon();
    },
  });
  const placeNow = (): { layout: ScreenLayout | null; terminalRows: number; columns: number } => {
    const { columns, rows: terminalRows } = process.stdout;
    const help = keys?.areOurs === true;
    return { layout: layoutStrip({ columns, rows: terminalRows }, { help }), terminalRows, columns };
  };
  const stripKeys = (): StripKeys | null =>
    keys?.areOurs === true ? { reader: reader.reader, snapshotPids: snapshots.snapshotPids() } : null;
  const draw = (readsLines: boolean): void => {
    if (isAway || isStopped || !hasView() || !isInForeground()) return;
    const { layout, terminalRows, columns } = placeNow();
    if (!readsLines) {
      // What stands in our rows may be the program's by now: an editor's, or a prompt's.
      if (shown !== null) write(REGION_REMOVAL);
      isLeft ||= shown !== null;
      shown = null;
      return;
    }
    if (layout === null) return remove();
    if (!terminal.hasRoom()) return;
    const lines = stripLines(reader.shown, layout, unicode, stripKeys()).map((line) =>
      paintLine(line, color),
    );
    const place = { rows: layout.rows, terminalRows, columns };
    write(stripFrame(lines, place, { displaced: isLeft || (shown !== null && isResized(shown)) }));
    isLeft = false;
    shown = place;
  };
  const hasView = (): boolean => reader.latest.sides.length > 0;
  const tick = async (): Promise<void> => {
    if (isClosed || isAsking || !hasView() || (isAway && keys?.wereOurs !== true)) return;
    isAsking = true;
    isDue = false;
    const before = removal();
    const mode = await guard.look();
    if (!isClosed) {
      draw(mode !== null && (mode.readsLines || mode.isForKeys));
      if (mode === null) await keys?.giveBack();
      else await keys?.settle(mode, shown !== null && !isAway && !isStopped);
    }
    isAsking = false;
    // The guard must know at once what it has to take away. What is printed over rows that were left gets mixed with them until they
    // are ours again, and a program that found our mode may put that back.
    const isUrgent = isLeft || (keys?.wereOurs === true && !keys.areOurs && !isAway);
    wait(isDue || removal() !== before ? 0 : isUrgent ? EVERY_MS / 4 : EVERY_MS);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(() => void tick(), ms);
    timer.unref();
  };
  const soon = (): void => {
    isDue = true;
    if (!isAsking) wait(0);
  };
  const redraw = (): void => {
    if (keys?.areOurs === true && shown !== null) draw(true);
  };
  const tell = (talk: SnapshotTalk): void => {
    // Nobody could close its last words while the keys are the program's; the file is named at the end.
    const isHeard = keys?.areOurs === true || talk.step === 'running';
    reader.tell(isHeard ? sanitizeDocument(talk, { unicode }) : null);
    redraw();
  };
  const press = (key: Key): void => {
    const { layout } = placeNow();
    const pressed = stripKeys();
    if (layout === null || pressed === null) return;
    const command = reader.press(key, possibleOf(pressed, reader.shown, layout, unicode));
    if (command?.kind === 'quit') void leave();
    else redraw();
    if (command?.kind === 'snapshot') snapshots.takeSnapshot(command.pid, tell);
  };
  const input = openKeyInput({ keysIn, unfinishedIn, onKey: press }, SEQUENCE_MS);
  const leave = async (): Promise<void> => {
    if (isAway) return;
    isAway = true;
    input.close();
    endJobControl();
    // The answer is not to be mixed with it.
    if (isLeft) write(DISPLACED_REMOVAL);
    remove();
    await keys?.giveBack();
    // Where they were ours, a program may still put back what it found then.
    if (keys?.wereOurs !== true) await guard.close();
  };
  const close = async (): Promise<void> => {
    if (isClosed) return;
    const left = leave();
    isClosed = true;
    clearTimeout(timer);
    process.stdout.off('resize', soon);
    process.off('exit', onExit);
    // At an exit nothing is waited for: all that is to be said has been.
    await Promise.all([left, guard.close()]);
    keys?.close();
    terminal.close();
    snapshots.nameFiles();
  };
  const onExit = (): void => void close();
  process.stdout.on('resize', soon);
  process.once('exit', onExit);
  const endJobControl = followJobControl({
    onStop() {
      isStopped = true;
      remove();
      return keys?.giveBack();
    },
    onContinue() {
      isStopped = false;
      soon();
    },
  });
  return {
    update(next) {
      const isFirst = !hasView();
      reader.update(sanitizeDocument(next, { unicode }));
      if (isFirst) soon();
    },
    async finish() {
      await leave();
      snapshots.nameFiles();
    },
    close,
  };
}

const EVERY_MS = 1000;
/** Longer than from one look for keys to the next, or an arrow that comes in two pieces would be an escape. */
const SEQUENCE_MS = 200;

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
