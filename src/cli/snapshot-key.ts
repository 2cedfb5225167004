import { LeaklineError } from '../core/errors.ts';
import { formatBytes } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { adviceFor } from '../present/advice.ts';
import type { ScreenCommands } from '../present/tui/screen.tsx';
import type { SnapshotTalk } from '../present/tui/snapshot-talk.ts';
import type { SnapshotAccount } from '../report/snapshot-account.ts';
import type { SnapshotDesk } from '../session/snapshot-desk.ts';
import type { LiveScreenOptions } from './live-screen.ts';
import { STANDSTILL_MS_MOST } from './options.ts';
import { progressLines } from './snapshot.ts';
import { snapshotName } from './snapshot-name.ts';

/** What a key can do about snapshots. */
export function snapshotCommands({ interrupt, snapshots }: LiveScreenOptions): SnapshotCommands {
  const files: string[] = [];
  return {
    snapshotPids: () => snapshots?.pids ?? new Set(),
    takeSnapshot(pid, tell) {
      if (snapshots === undefined) return;
      void takeSnapshotFor(pid, snapshots, interrupt.signal, tell).then((file) => {
        if (file !== null) files.push(file);
      });
    },
    nameFiles() {
      for (const file of files.splice(0)) process.stderr.write(`snapshot: ${file}\n`);
    },
  };
}

export type SnapshotCommands = Pick<ScreenCommands, 'snapshotPids' | 'takeSnapshot'> & {
  /** For when the picture is gone on which they were named. */
  nameFiles(): void;
};

/**
 * The snapshot that was asked for at the screen: as `leakline snapshot PID` takes it, checked and redacted, and never forced.
 * What there is to say is said there. The file, or `null` if none was taken; it never fails.
 */
async function takeSnapshotFor(
  pid: number,
  snapshots: SnapshotDesk,
  signal: AbortSignal,
  tell: (talk: SnapshotTalk) => void,
): Promise<string | null> {
  const sentences: string[] = [];
  const say = (...more: readonly string[]): void => {
    sentences.push(...more);
    tell({ step: 'running', pid, sentences: [...sentences] });
  };
  const end = (taken: boolean, ...more: readonly string[]): void =>
    tell({ step: 'over', pid, taken, sentences: more });
  const request = {
    file: snapshotName(pid, new Date()),
    maxPauseMs: STANDSTILL_MS_MOST,
    force: false,
    raw: false,
  };
  try {
    const account = await snapshots.take(pid, request, signal, (progress) => say(...progressLines(progress)));
    if (account === null) {
      end(false, 'It is no longer watched, or another snapshot is being taken.');
      return null;
    }
    end(true, ...takenSentences(account));
    return account.file;
  } catch (error) {
    end(false, ...refusalSentences(pid, error));
    return null;
  }
}

function takenSentences({ file, fileBytes, predicted, measured }: SnapshotAccount): string[] {
  return [
    file,
    `${formatBytes(fileBytes)}. The program stood still for ${formatDuration(measured.pauseMs)} (predicted ${formatDuration(predicted.pauseMs)}); what V8 took of memory for it is no leak.`,
    'leakline heap FILE reads it, and so does the Memory tab of Chrome.',
  ];
}

function refusalSentences(pid: number, error: unknown): string[] {
  if (error instanceof LeaklineError) {
    // What is said to somebody at a shell ends in the options that may be given there.
    const advice =
      error.code === 'SNAPSHOT_UNSAFE'
        ? `leakline snapshot ${pid} has --max-pause to allow more, and --force to overrule this.`
        : adviceFor(error.code);
    return [`${error.message}.`, ...(advice === null ? [] : [advice])];
  }
  if (error instanceof Error && error.name === 'AbortError') return ['It was interrupted.'];
  return [error instanceof Error ? error.message : String(error)];
}
