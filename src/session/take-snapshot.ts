import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { redactText } from '../capture/redaction.ts';
import {
  type MemoryRoom,
  objectionsTo,
  objectionsToCounting,
  predictFromBytes,
  predictSnapshot,
  type SnapshotObjection,
  tightestOf,
} from '../capture/snapshot-admission.ts';
import { SnapshotRewriter } from '../capture/snapshot-rewriter.ts';
import { LeaklineError } from '../core/errors.ts';
import type { PredictedCost, SnapshotAccount } from '../report/snapshot-account.ts';
import { version } from '../report/version.ts';
import { type AgentFiles, attach } from '../target/attach.ts';
import { lockCapture } from '../target/capture-lock.ts';
import { removeWhatWasLeft } from '../target/left-behind.ts';
import type { OpenTarget } from '../target/meet-agent.ts';
import { readMemoryRooms } from '../target/memory-room.ts';
import { checkIsNode } from '../target/node-executable.ts';
import { runtimeDirectory } from '../target/private-directory.ts';
import { type ProcessInfo, readProcess } from '../target/process-info.ts';
import { findRawPlace, makeRawFile, type RawPlace } from '../target/raw-file.ts';
import { watchResidentPeak } from '../target/resident-peak.ts';
import { agentFiles } from './agent-files.ts';
import { FRESH_NODE_BYTES, type FreshNode, measureFreshNode } from './fresh-node.ts';
import { checkFree, SnapshotFiles } from './snapshot-files.ts';
import { type SnapshotLine, snapshotLine } from './snapshot-line.ts';
import { listScripts, readProgramWords } from './snapshot-words.ts';

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
  return prepared(pid, request, async (start) => {
    const target = await attach(pid, start.agent, {}, { signal });
    try {
      return await takeThrough(target, start, request, signal, onProgress);
    } finally {
      await target.close();
    }
  });
}

/** The same of a process that is being watched, through the agent that is in it. Throws as `takeSnapshot` does. */
export async function takeSnapshotOfWatched(
  target: OpenTarget,
  request: SnapshotRequest,
  signal: AbortSignal,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<SnapshotAccount> {
  return prepared(target.hello.pid, request, (start) =>
    takeThrough(target, start, request, signal, onProgress),
  );
}

type Start = { readonly info: ProcessInfo; readonly file: string; readonly agent: AgentFiles };

/** All that is to be known before anything is asked of the process, under the lock that keeps a second snapshot away. */
async function prepared(
  pid: number,
  request: SnapshotRequest,
  take: (start: Start) => Promise<SnapshotAccount>,
): Promise<SnapshotAccount> {
  if (process.platform !== 'linux')
    throw new LeaklineError('SNAPSHOT_NOT_HERE', { platform: process.platform });
  const file = resolve(request.file);
  checkFree(file);
  const info = readProcess(pid);
  checkIsNode(info);
  const lock = await lockCapture();
  try {
    removeWhatWasLeft(dirname(file));
    return await take({ info, file, agent: await agentFiles() });
  } finally {
    lock.release();
  }
}

async function takeThrough(
  target: OpenTarget,
  { info, file, agent }: Start,
  request: SnapshotRequest,
  signal: AbortSignal,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<SnapshotAccount> {
  const { pid } = info;
  try {
    onProgress({ step: 'measuring' });
    const fresh = await measureNodeLike(info, dirname(file));
    signal.throwIfAborted();
    return await capture(
      { pid, info, target, agentSource: agent.source, fresh, file, request, signal },
      onProgress,
    );
  } catch (cause) {
    if (target.peer.closed && !(cause instanceof LeaklineError) && !signal.aborted)
      throw new LeaklineError('TARGET_GONE', { pid }, { cause });
    throw cause;
  }
}

type Capture = {
  readonly pid: number;
  readonly info: ProcessInfo;
  readonly target: OpenTarget;
  readonly agentSource: string;
  readonly fresh: FreshNode | null;
  readonly file: string;
  readonly request: SnapshotRequest;
  readonly signal: AbortSignal;
};

async function capture(
  { pid, info, target, agentSource, fresh, file, request, signal }: Capture,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<SnapshotAccount> {
  const line = snapshotLine(pid, target.peer);
  const place = rawPlace(info, file);
  const { predicted, countingPauseMs, check } = await predict(line, pid, place, fresh, request, onProgress);
  check();
  const origins = await line.scripts();
  // What is ours in the heap is to be known as ours.
  const sources = [...(fresh?.sources ?? []), agentSource];
  const program = request.raw
    ? { words: new Set<string>(), unread: 0 }
    : await readProgramWords(origins, fresh?.words ?? new Set(), sources, {
        askFor: (ids) => line.sources(ids),
        scriptLengthMax: scriptLengthMax(readMemoryRooms(pid)),
      });
  signal.throwIfAborted();
  // Reading took seconds, in which others may have taken the memory; and so did we.
  check();

  onProgress({ step: 'capturing' });
  const raw = makeRawFile(place.folder, info.uid);
  try {
    const peak = watchResidentPeak(pid);
    let rssPeakBytes = 0;
    const written = await line.write(raw, signal).finally(() => {
      rssPeakBytes = peak.stop();
    });
    const later = sleep(LATER_MS, null, { ref: false })
      .then(() => line.memory())
      .catch(() => null);
    onProgress({ step: 'writing' });
    const hash = keyedHash();
    const rewriter = new SnapshotRewriter(
      request.raw ? () => null : (text) => redactText(text, program.words, hash),
    );
    const files = new SnapshotFiles(file);
    const { shape, bytes } = await files
      .write(raw.file, rewriter, listScripts(origins), signal)
      .catch((cause: unknown) => {
        throw notWhole(pid, cause);
      });
    return {
      schema: 'leakline/snapshot@1',
      leakline: version,
      takenAt: new Date().toISOString(),
      target: { pid, node: target.hello.node },
      file,
      scriptsFile: files.scriptsFile,
      fileBytes: bytes,
      redacted: !request.raw,
      nodes: shape.nodes,
      edges: shape.edges,
      strings: { count: shape.strings, hidden: shape.rewritten },
      knowsNode: fresh !== null,
      scriptsUnread: program.unread,
      predicted,
      measured: {
        countingPauseMs,
        pauseMs: written.pauseMs,
        rssBeforeBytes: written.rssBeforeBytes,
        rssPeakBytes: Math.max(rssPeakBytes, written.rssBeforeBytes, written.rssAfterBytes),
        rssAfterBytes: written.rssAfterBytes,
        rssLaterBytes: (await later)?.rssBytes ?? null,
      },
    };
  } finally {
    raw.unname();
    raw.close();
  }
}

/** What V8 wrote is the process's, not a file somebody gave us. */
function notWhole(pid: number, cause: unknown): unknown {
  if (!(cause instanceof LeaklineError) || cause.code !== 'SNAPSHOT_UNREADABLE') return cause;
  const { message } = (cause as LeaklineError<'SNAPSHOT_UNREADABLE'>).facts;
  return new LeaklineError('SNAPSHOT_FAILED', { pid, message }, { cause });
}

/** Counts, predicts and tells; `check` throws SNAPSHOT_UNSAFE for what is left at its moment, unless forced. */
async function predict(
  line: SnapshotLine,
  pid: number,
  disk: RawPlace,
  fresh: FreshNode | null,
  { force, maxPauseMs }: SnapshotRequest,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<{ predicted: PredictedCost; countingPauseMs: number | null; check: () => void }> {
  const memory = await line.memory();
  const isCountable = objectionsToCounting(memory, readMemoryRooms(pid)).length === 0;
  if (isCountable) onProgress({ step: 'counting' });
  const counts = isCountable ? await line.count() : null;
  const rate = fresh?.microsecondsAnObject ?? MICROSECONDS_AN_OBJECT;
  const prediction = counts === null ? predictFromBytes(memory, rate) : predictSnapshot(counts, rate);
  const object = (): SnapshotObjection[] =>
    objectionsTo(prediction, { rooms: readMemoryRooms(pid), maxPauseMs, disk });
  const unsafe = (objections: readonly SnapshotObjection[]): LeaklineError =>
    new LeaklineError('SNAPSHOT_UNSAFE', { pid, objections });
  const tightest = tightestOf(readMemoryRooms(pid));
  const overruled = force ? object() : [];
  const predicted: PredictedCost = {
    ...prediction,
    leftBytes: tightest?.leftBytes ?? null,
    which: tightest?.which ?? null,
    overruled: overruled.length === 0 ? [] : [unsafe(overruled).message],
  };
  onProgress({ step: 'predicted', predicted });
  const check = (): void => {
    const objections = force ? [] : object();
    if (objections.length > 0) throw unsafe(objections);
  };
  return { predicted, countingPauseMs: counts?.pauseMs ?? null, check };
}

/** Of another machine, idle: where none could be measured here. */
const MICROSECONDS_AN_OBJECT = 3;
const LATER_MS = 3000;

/**
 * The program's own Node has the same words and the same speed. Only where the same user runs it: another's is not for us to
 * execute; and only if it is Node by name, since an application that was built into a Node would start once more. There must
 * be room: it may live under the same limit.
 */
async function measureNodeLike(info: ProcessInfo, besides: string): Promise<FreshNode | null> {
  const rooms = [...readMemoryRooms(info.pid), ...readMemoryRooms(process.pid)];
  if ((tightestOf(rooms)?.leftBytes ?? 0) < FRESH_NODE_BYTES) return null;
  const isOurs = info.uid === process.geteuid?.() && /^node(?:js)?[\d.-]*$/.test(basename(info.executable));
  const first = isOurs ? `/proc/${info.pid}/exe` : process.execPath;
  return (
    (await measureFreshNode(runtimeDirectory(), first)) ?? (await measureFreshNode(besides, process.execPath))
  );
}

function rawPlace({ pid, uid }: ProcessInfo, file: string): RawPlace {
  // Another user may not be able to get to where we write.
  const folders = uid === process.geteuid?.() ? [dirname(file)] : [];
  const place = findRawPlace(pid, [...folders, runtimeDirectory()]);
  if (place !== null) return place;
  const message = 'neither its folder nor the one for temporary files is a local disk the process can reach';
  throw new LeaklineError('CANNOT_WRITE', { file, message });
}

/** A script is parsed as a whole, which takes some 150 bytes a character, maybe under the program's own limit. */
function scriptLengthMax(rooms: readonly MemoryRoom[]): number {
  const leftBytes = tightestOf(rooms)?.leftBytes ?? 0;
  return Math.min(SCRIPT_LENGTH_MOST, Math.max(SCRIPT_LENGTH_LEAST, leftBytes / 600));
}

const SCRIPT_LENGTH_LEAST = 300_000;
const SCRIPT_LENGTH_MOST = 16_000_000;

/** With a key of this one file, kept nowhere. 66 bits: of ten million texts two meet once in a million files. */
function keyedHash(): (text: string) => string {
  const key = randomBytes(32);
  return (text) => createHash('sha256').update(key).update(text).digest('base64url').slice(0, 11);
}
