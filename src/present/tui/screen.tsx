import { Writable } from 'node:stream';
import { type Instance, render } from 'ink';
import type { LiveView } from '../../report/live.ts';
import { sanitize, sanitizeDocument } from '../sanitize.ts';
import { Frame, type FrameProps, scrollRoom } from './frame.tsx';
import { FramePainter, type TerminalStream } from './frame-painter.ts';
import type { Key } from './keys.ts';
import type { ScreenSize } from './layout.ts';
import { LiveReader } from './live-reader.ts';
import { isReading } from './reader.ts';
import type { SnapshotTalk } from './snapshot-talk.ts';

export type ScreenOptions = {
  readonly stdout: TerminalStream;
  readonly color: boolean;
  readonly unicode: boolean;
  /** What is being watched, in the first line. */
  readonly title: string;
  /** What keys can do beyond the screen; left out where none are read, and then none are named. */
  readonly commands?: ScreenCommands;
};

export type ScreenCommands = {
  /** End the watch. */
  quit(): void;
  /** Processes of which a snapshot can be taken now. */
  snapshotPids(): ReadonlySet<number>;
  /** Take one; what there is to say comes through `tell`. */
  takeSnapshot(pid: number, tell: (talk: SnapshotTalk) => void): void;
};

export type Screen = {
  /** Shows the view. Only the latest is kept, so a watch of days takes no more memory than one of minutes. */
  update(view: LiveView): void;
  press(key: Key): void;
  /** Gives the terminal back for a while, and takes it again. */
  suspend(): void;
  resume(): void;
  /** Nobody is waited for any more: what the reader looks at may close. */
  release(): void;
  /**
   * Gives the terminal back as it was, with the last picture and then `finalText` printed on it. While the reader has paused
   * or opened something, it waits until that is closed, or for `release`. Resolves when all of it is written. Later calls and
   * updates do nothing.
   */
  close(finalText?: string): Promise<void>;
};

/**
 * The live screen on a terminal. It reads no keys and handles no signals: the door reads the keyboard and tells, and Ctrl-C
 * reaches the door as SIGINT, which closes the screen.
 */
export function openScreen({ stdout, color, unicode, title, commands }: ScreenOptions): Screen {
  const painter = new FramePainter(stdout);
  const sink = new FrameSink();
  const safeTitle = sanitize(title, { unicode });
  const reader = new LiveReader();
  /** The watch has ended, and the reader still looks. */
  let over = false;
  let isGone = false;
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let instance: Instance | null = null;

  const propsOf = (size: ScreenSize, live: boolean): FrameProps => ({
    view: live ? reader.shown : reader.latest,
    title: safeTitle,
    size,
    color,
    unicode,
    live,
    reader: commands === undefined ? null : reader.reader,
    possible: { snapshotPids: commands?.snapshotPids() ?? new Set(), lastFromLine: 0, pageLines: 1 },
    over,
  });
  const draw = (size: ScreenSize, live: boolean): string => {
    sink.columns = size.columns;
    const frame = <Frame {...propsOf(size, live)} />;
    if (instance === null) instance = render(frame, inkOptions(sink));
    else instance.rerender(frame);
    return sink.frame;
  };
  const show = (): void => painter.paint(draw(sizeOf(stdout), true));
  const redraw = (): void => {
    painter.forget();
    show();
  };
  const onChange = (): void => {
    if (over && !isReading(reader.reader)) letGo();
    else show();
  };

  painter.open();
  stdout.on('resize', redraw);
  redraw();
  let closed: Promise<void> | null = null;
  const finish = async (finalText: string): Promise<void> => {
    over = true;
    if (isReading(reader.reader)) {
      // A snapshot can no longer be taken: there is nothing to be asked.
      reader.tell(null);
      if (isReading(reader.reader)) {
        show();
        await released;
      }
    }
    isGone = true;
    stdout.off('resize', redraw);
    const size = sizeOf(stdout);
    const picture =
      reader.latest.sides.length === 0
        ? ''
        : draw({ ...size, rows: Math.min(size.rows, PICTURE_ROWS) }, false);
    instance?.unmount();
    painter.close();
    await new Promise<void>((resolve) => {
      stdout.write(`${picture === '' ? '' : `${picture.trimEnd()}\n\n`}${finalText}`, () => resolve());
    });
  };
  return {
    update(next) {
      if (closed !== null) return;
      if (reader.update(sanitizeDocument(next, { unicode }))) show();
    },
    press(key) {
      if (commands === undefined || isGone) return;
      const props = propsOf(sizeOf(stdout), true);
      const command = reader.press(key, { ...props.possible, ...scrollRoom(props) });
      if (command?.kind === 'quit') {
        if (over) letGo();
        else commands.quit();
        return;
      }
      onChange();
      if (command?.kind !== 'snapshot') return;
      commands.takeSnapshot(command.pid, (talk) => {
        const safe = sanitizeDocument(talk, { unicode });
        if (closed !== null) return;
        reader.tell(safe);
        onChange();
      });
    },
    suspend() {
      painter.close();
    },
    resume() {
      if (isGone) return;
      painter.open();
      redraw();
    },
    release() {
      letGo();
      // A picture that was held is let go of with it, or the next close would wait for nobody.
      reader.leave();
    },
    close(finalText = '') {
      closed ??= finish(finalText);
      return closed;
    },
  };
}

// The picture that stays above the answer; more would push what the reader did before out of sight.
const PICTURE_ROWS = 24;

function sizeOf(stdout: TerminalStream): ScreenSize {
  // A terminal that does not tell its size (a serial line) is taken for the smallest usual one.
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

function inkOptions(sink: FrameSink): NonNullable<Parameters<typeof render>[1]> {
  return {
    // `debug` makes Ink hand over each frame whole and at once, and leave console and cursor alone: the painter
    // does the rest. It also works where Ink believes to be in CI.
    debug: true,
    stdout: sink as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
  };
}

/** Stands where Ink expects the terminal, and keeps the last frame. */
class FrameSink extends Writable {
  columns = 80;
  frame = '';

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString();
    // Unmounting ends with an empty write as a barrier, which is no frame.
    if (text !== '') this.frame = text;
    done();
  }
}
