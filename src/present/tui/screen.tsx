import { Writable } from 'node:stream';
import { type Instance, render } from 'ink';
import type { LiveView } from '../../report/live.ts';
import { sanitize, sanitizeDocument } from '../sanitize.ts';
import { Frame } from './frame.tsx';
import { FramePainter, type TerminalStream } from './frame-painter.ts';
import type { ScreenSize } from './layout.ts';

export type ScreenOptions = {
  readonly stdout: TerminalStream;
  readonly color: boolean;
  readonly unicode: boolean;
  /** What is being watched, in the first line. */
  readonly title: string;
};

export type Screen = {
  /** Shows the view. Only the latest is kept, so a watch of days takes no more memory than one of minutes. */
  update(view: LiveView): void;
  /**
   * Gives the terminal back as it was, with the last picture and then `finalText` printed on it. Resolves when all
   * of it is written. Later calls and updates do nothing.
   */
  close(finalText?: string): Promise<void>;
};

/**
 * The live screen on a terminal. It reads no keys and handles no signals: Ctrl-C reaches the door as SIGINT, which
 * closes the screen.
 */
export function openScreen({ stdout, color, unicode, title }: ScreenOptions): Screen {
  const painter = new FramePainter(stdout);
  const sink = new FrameSink();
  const safeTitle = sanitize(title, { unicode });
  let view: LiveView = { elapsedMs: 0, sides: [] };
  let instance: Instance | null = null;

  const draw = (size: ScreenSize, live: boolean): string => {
    sink.columns = size.columns;
    const frame = (
      <Frame view={view} title={safeTitle} size={size} color={color} unicode={unicode} live={live} />
    );
    if (instance === null) instance = render(frame, inkOptions(sink));
    else instance.rerender(frame);
    return sink.frame;
  };
  const resized = (): void => {
    painter.forget();
    painter.paint(draw(sizeOf(stdout), true));
  };

  painter.open();
  stdout.on('resize', resized);
  resized();
  let closed: Promise<void> | null = null;
  return {
    update(next) {
      if (closed !== null) return;
      view = sanitizeDocument(next, { unicode });
      painter.paint(draw(sizeOf(stdout), true));
    },
    close(finalText = '') {
      closed ??= new Promise((resolve) => {
        stdout.off('resize', resized);
        const size = sizeOf(stdout);
        const picture =
          view.sides.length === 0 ? '' : draw({ ...size, rows: Math.min(size.rows, PICTURE_ROWS) }, false);
        instance?.unmount();
        painter.close();
        stdout.write(`${picture === '' ? '' : `${picture.trimEnd()}\n\n`}${finalText}`, () => resolve());
      });
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
