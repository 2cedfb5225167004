import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { redactText } from '../capture/redaction.ts';
import {
  objectionsTo,
  objectionsToCounting,
  predictFromBytes,
  predictSnapshot,
  type SnapshotObjection,
  type SnapshotPrediction,
} from '../capture/snapshot-admission.ts';
import { SnapshotRewriter } from '../capture/snapshot-rewriter.ts';
import { LeaklineError } from '../core/errors.ts';
import type { HeapCounts } from '../core/heap-counts.ts';
import type { HeapMemory, ScriptOrigin, SnapshotWritten } from '../core/snapshot-capture.ts';
import type { PredictedCost, SnapshotAccount } from '../report/snapshot-account.ts';
import { version } from '../report/version.ts';
import { attach } from '../target/attach.ts';
import { lockCapture } from '../target/capture-lock.ts';
import type { OpenTarget } from '../target/meet-agent.ts';
import { readMemoryRooms } from '../target/memory-room.ts';
import { checkIsNode } from '../target/node-executable.ts';
import { readProcess } from '../target/process-info.ts';
import { findRawPlace, makeRawFile, type RawFile } from '../target/raw-file.ts';
import { agentFiles } from './agent-files.ts';
import { measureFreshNode } from './fresh-node.ts';
import { checkFree, SnapshotFiles } from './snapshot-files.ts';
import { type ProgramWords, readProgramWords } from './snapshot-words.ts';

export type SnapshotRequest = {
  readonly file: string;
  readonly maxPauseMs: number;
  /** Take it although it is not safe. */
  readonly force: boolean;
  /** Leave every text in it. */
  readonly raw: boolean;
};

export type SnapshotProgress =
  | { readonly step: 'predicted'; readonly predicted: PredictedCost }
  | { readonly step: 'measuring' | 'counting' | 'capturing' | 'writing' };

/**
 * Takes one heap snapshot of a running process: counts what is there, predicts what it costs, refuses where that is not safe,
 * and writes it without anything in it that could be a secret.
 *
 * Throws SNAPSHOT_UNSAFE before anything was taken, and otherwise what `attach` throws, TARGET_GONE, SNAPSHOT_FAILED,
 * CANNOT_WRITE, FILE_EXISTS, SNAPSHOT_BUSY. Whatever happens, no file is left under the name that is not whole.
 */
export async function takeSnapshot(
  pid: number,
  request: SnapshotRequest,
  signal: AbortSignal,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<SnapshotAccount> {
  if (process.platform !== 'linux')
    throw new LeaklineError('SNAPSHOT_NOT_HERE', { platform: process.platform });
  const file = resolve(request.file);
  checkFree(file);
  const lock = await lockCapture();
  try {
    onProgress({ step: 'measuring' });
    const fresh = await measureFreshNode(dirname(file), executableLike(pid));
    const rate = fresh?.microsecondsAnObject ?? MICROSECONDS_AN_OBJECT;
    signal.throwIfAborted();
    const agent = await agentFiles();
    const target = await attach(pid, agent, {}, { signal });
    try {
      const readWords: ReadWords = (origins, askFor) =>
        readProgramWords(
          origins,
          fresh?.words ?? new Set(),
          // What is ours in the heap is to be known as ours.
          [...(fresh?.sources ?? []), agent.source],
          askFor,
        );
      return await capture(pid, target, file, request, rate, readWords, signal, onProgress);
    } catch (cause) {
      if (target.peer.closed && !(cause instanceof LeaklineError) && !signal.aborted)
        throw new LeaklineError('TARGET_GONE', { pid }, { cause });
      throw cause;
    } finally {
      await target.close();
    }
  } finally {
    lock.release();
  }
}

type ReadWords = (
  origins: readonly ScriptOrigin[],
  askFor: Parameters<typeof readProgramWords>[3],
) => Promise<ProgramWords>;

/**
 * The program's own Node has the same words and the same speed. Only where it is run by the same user: another's is not for
 * us to execute.
 */
function executableLike(pid: number): string {
  const info = readProcess(pid);
  checkIsNode(info);
  return info.uid === process.geteuid?.() ? `/proc/${pid}/exe` : process.execPath;
}

async function capture(
  pid: number,
  { peer, hello }: OpenTarget,
  file: string,
  request: SnapshotRequest,
  microsecondsAnObject: number,
  readWords: ReadWords,
  signal: AbortSignal,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<SnapshotAccount> {
  const place = findRawPlace(pid, dirname(file));
  if (place === null)
    throw new LeaklineError('CANNOT_WRITE', {
      file,
      message:
        'neither its folder nor the one for temporary files is a local disk that the process can reach',
    });
  const memory = await peer.call<HeapMemory>('memory');
  let counts: HeapCounts | null = null;
  let objections = objectionsToCounting(memory, readMemoryRooms(pid));
  if (objections.length === 0) {
    onProgress({ step: 'counting' });
    counts = await peer.call<HeapCounts | null>('count heap');
  }
  const prediction = counts === null
      ? predictFromBytes(memory, microsecondsAnObject)
      : predictSnapshot(counts, microsecondsAnObject);
  const rooms = readMemoryRooms(pid);
  const object = (): SnapshotObjection[] =>
    objectionsTo(prediction, { rooms: readMemoryRooms(pid), maxPauseMs: request.maxPauseMs, disk: place });
  objections = object();
  const predicted = predictedCost(pid, prediction, rooms, request.force ? objections : []);
  onProgress({ step: 'predicted', predicted });
  if (objections.length > 0 && !request.force)
    throw new LeaklineError('SNAPSHOT_UNSAFE', { pid, objections });
  const origins = await readScripts(peer);
  const program = await readWords(origins, (ids) => readSources(peer, ids));
  signal.throwIfAborted();
  // Reading took seconds, in which others may have taken the memory.
  objections = object();
  if (objections.length > 0 && !request.force)
    throw new LeaklineError('SNAPSHOT_UNSAFE', { pid, objections });

  onProgress({ step: 'capturing' });
  const raw = makeRawFile(place.folder, readProcess(pid).uid);
  try {
    const watch = watchPeak(pid);
    const written = await writeRaw(pid, peer, raw, signal).finally(() => watch.stop());
    const later = sleep(LATER_MS)
      .then(() => peer.call<HeapMemory>('memory'))
      .catch(() => null);
    onProgress({ step: 'writing' });
    const rewriter = new SnapshotRewriter(
      request.raw ? () => null : (text) => redactText(text, program.words, hash),
    );
    const files = new SnapshotFiles(file);
    const done = await files.write(raw.file, rewriter, scriptsDocument(program.scripts), signal);
    const laterMemory = await later;
    return {
      schema: 'leakline/snapshot@1',
      leakline: version,
      takenAt: new Date().toISOString(),
      target: { pid, node: hello.node, command: hello.argv.join(' ') },
      file,
      scriptsFile: files.scriptsFile,
      fileBytes: done.bytes,
      redacted: !request.raw,
      nodes: done.shape.nodes,
      edges: done.shape.edges,
      strings: { count: done.shape.strings, hidden: done.shape.rewritten },
      scriptsUnread: program.unread,
      predicted,
      measured: {
        countingPauseMs: counts?.pauseMs ?? null,
        pauseMs: written.pauseMs,
        rssBeforeBytes: written.rssBeforeBytes,
        rssPeakBytes: Math.max(watch.peakBytes(), written.rssBeforeBytes, written.rssAfterBytes),
        rssAfterBytes: written.rssAfterBytes,
        rssLaterBytes: laterMemory?.rssBytes ?? null,
      },
    };
  } finally {
    raw.unname();
    raw.close();
  }
}

/** Of another machine, idle: where none could be measured here. */
const MICROSECONDS_AN_OBJECT = 3;
const LATER_MS = 3000;

/** A key of this one file, kept nowhere. 66 bits: two texts of ten million meet once in a million files. */
const key = randomBytes(32).toString('latin1');
function hash(text: string): string {
  return createHash('sha256').update(key, 'latin1').update(text).digest('base64url').slice(0, 11);
}

function predictedCost(
  pid: number,
  prediction: SnapshotPrediction,
  rooms: ReturnType<typeof readMemoryRooms>,
  overruled: readonly SnapshotObjection[],
): PredictedCost {
  const [tightest] = [...rooms].sort((a, b) => a.leftBytes - b.leftBytes);
  return {
    ...prediction,
    leftBytes: tightest?.leftBytes ?? null,
    which: tightest?.which ?? null,
    overruled:
      overruled.length === 0
        ? []
        : [new LeaklineError('SNAPSHOT_UNSAFE', { pid, objections: overruled }).message],
  };
}

async function readScripts(peer: OpenTarget['peer']): Promise<ScriptOrigin[]> {
  const origins: ScriptOrigin[] = [];
  for (;;) {
    const page = await peer.call<ScriptOrigin[]>('scripts', { from: origins.length });
    if (page.length === 0) return origins;
    origins.push(...page);
  }
}

async function* readSources(
  peer: OpenTarget['peer'],
  ids: readonly string[],
): AsyncGenerator<readonly [string, string]> {
  for (const id of ids) {
    let source = '';
    for (;;) {
      const piece = await peer.call<string>('source', { ids, id, from: source.length });
      source += piece;
      if (piece === '') break;
    }
    yield [id, source];
  }
}

/** Once the program has begun there is no way to stop it. An abort leaves it to its work, whose file has no name. */
async function writeRaw(
  pid: number,
  peer: OpenTarget['peer'],
  raw: RawFile,
  signal: AbortSignal,
): Promise<SnapshotWritten> {
  await peer.call('open snapshot', { path: raw.path });
  raw.unname();
  signal.throwIfAborted();
  const writing = peer.call<SnapshotWritten>('write snapshot');
  const written = await new Promise<SnapshotWritten>((done, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    writing.then(done, fail);
  });
  if (written.failure !== null)
    throw new LeaklineError('SNAPSHOT_FAILED', { pid, message: written.failure.message });
  return written;
}

/** The kernel keeps the highest resident size; before Linux tells a new one it is somebody else's, so we look ourselves too. */
function watchPeak(pid: number): { stop(): void; peakBytes(): number } {
  const highestBefore = statusBytes(pid, 'VmHWM');
  let peakBytes = 0;
  const look = (): void => {
    peakBytes = Math.max(peakBytes, statusBytes(pid, 'VmRSS'));
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      const highest = statusBytes(pid, 'VmHWM');
      if (highest > highestBefore) peakBytes = Math.max(peakBytes, highest);
    },
    peakBytes: () => peakBytes,
  };
}

function statusBytes(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function scriptsDocument(scripts: readonly object[]): object {
  return { schema: 'leakline/snapshot-scripts@1', scripts };
}
