import { LeaklineError } from '../core/errors.ts';
import type { HeapCounts } from '../core/heap-counts.ts';
import type { HeapMemory, ScriptOrigin, SnapshotWritten } from '../core/snapshot-capture.ts';
import type { RawFile } from '../target/raw-file.ts';
import type { Peer } from '../wire/peer.ts';

/** What the agent is asked for when a snapshot is taken. */
export type SnapshotLine = {
  memory(): Promise<HeapMemory>;
  /** `null` where V8 does not tell. Stops the program for a full collection. */
  count(): Promise<HeapCounts | null>;
  scripts(): Promise<ScriptOrigin[]>;
  /** The texts that V8 has of these scripts, one after the other. */
  sources(ids: readonly string[]): AsyncGenerator<readonly [id: string, source: string]>;
  /**
   * Has the program write its snapshot. Once it has begun there is no way to stop it: an abort leaves it to its work, whose
   * file has no name. Throws SNAPSHOT_FAILED.
   */
  write(raw: RawFile, signal: AbortSignal): Promise<SnapshotWritten>;
};

export function snapshotLine(pid: number, peer: Peer): SnapshotLine {
  const source = async (ids: readonly string[], id: string): Promise<string> => {
    let text = '';
    for (;;) {
      const piece = await peer.call<string>('source', { ids, id, from: text.length });
      if (piece === '') return text;
      text += piece;
    }
  };
  return {
    memory: () => peer.call('memory'),
    count: () => peer.call('count heap'),
    scripts: async () => {
      const origins: ScriptOrigin[] = [];
      for (;;) {
        const page = await peer.call<ScriptOrigin[]>('scripts', { from: origins.length });
        if (page.length === 0) return origins;
        origins.push(...page);
      }
    },
    sources: async function* (ids) {
      for (const id of ids) yield [id, await source(ids, id)];
    },
    write: async (raw, signal) => {
      await peer.call('open snapshot', { path: raw.path }).catch((cause: unknown) => {
        if (peer.closed) throw cause;
        throw failed(pid, cause instanceof Error ? cause.message : String(cause), cause);
      });
      raw.unname();
      signal.throwIfAborted();
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      const written = await Promise.race([peer.call<SnapshotWritten>('write snapshot'), aborted]);
      if (written.failure !== null) throw failed(pid, written.failure.message);
      return written;
    },
  };
}

function failed(pid: number, message: string, cause?: unknown): LeaklineError {
  return new LeaklineError('SNAPSHOT_FAILED', { pid, message }, { cause });
}
