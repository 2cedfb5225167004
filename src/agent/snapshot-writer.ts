import type * as fsModule from 'node:fs';
import type * as inspectorModule from 'node:inspector';
import type * as v8Module from 'node:v8';
import type * as vmModule from 'node:vm';
import { countHeap } from '../capture/heap-counts.ts';
import type { HeapCounts } from '../core/heap-counts.ts';
import type { HeapMemory, ScriptOrigin, SnapshotWritten } from '../core/snapshot-capture.ts';
import { createForcedGc } from '../probe/forced-gc.ts';
import { readHeapShape } from '../probe/heap-shape.ts';
import { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * Takes a heap snapshot of the isolate it runs in, into a file that leakline has made and already taken the name from:
 * what is in it is the program's secrets, and should all of us be killed the kernel frees it.
 *
 * V8 writes it, in C++, with the program standing still. Nothing of it passes through JavaScript or a socket, so nothing
 * queues up in the program if leakline is slow, frozen or gone (docs/decisions/0019-a-snapshot-leaves-through-a-file.md).
 */
export class SnapshotWriter {
  readonly #require: NodeJS.Require;
  readonly #fs: typeof fsModule;
  readonly #v8: typeof v8Module;
  readonly #nowMs: () => number;
  readonly #rest: (ms: number) => Promise<void>;
  readonly #isOwn: (url: string) => boolean;
  #file: number | null = null;
  #scripts: ScriptOrigin[] | null = null;
  #sourceById: Map<string, string> | null = null;

  constructor(
    require: NodeJS.Require,
    nowMs: () => number,
    rest: (ms: number) => Promise<void>,
    isOwn: (url: string) => boolean,
  ) {
    this.#isOwn = isOwn;
    this.#require = require;
    this.#fs = require('node:fs') as typeof fsModule;
    this.#v8 = require('node:v8') as typeof v8Module;
    this.#nowMs = nowMs;
    this.#rest = rest;
  }

  memory(): HeapMemory {
    return {
      rssBytes: process.memoryUsage.rss(),
      heapUsedBytes: this.#v8.getHeapStatistics().used_heap_size,
      largeBytes: readHeapShape(this.#v8).largeObjectBytes,
    };
  }

  /** `null` where V8 does not tell. */
  async count(): Promise<HeapCounts | null> {
    try {
      const collect = createForcedGc(this.#v8, this.#require('node:vm') as typeof vmModule);
      return await countHeap(
        this.#inspector(),
        collect,
        () => this.memory().largeBytes,
        this.#rest,
        this.#nowMs,
      );
    } catch {
      // Without the right to inspect itself, or a Node without tracing: then the bytes must do.
      return null;
    }
  }

  /**
   * The scripts of the program and of its packages that are alive. In pages, since more than a megabyte at once would end
   * the line.
   */
  scripts(from: number): ScriptOrigin[] {
    this.#scripts ??= this.#readScripts();
    return this.#scripts.slice(from, from + SCRIPTS_A_PAGE);
  }

  /** A piece of a script's text as V8 compiled it; empty behind its end. The texts are to be asked for together, once. */
  source(ids: readonly string[], id: string, from: number): string {
    if (this.#sourceById === null) this.#sourceById = this.#readSources(ids);
    return (this.#sourceById.get(id) ?? '').slice(from, from + SOURCE_A_PAGE);
  }

  #readScripts(): ScriptOrigin[] {
    const scripts: ScriptOrigin[] = [];
    this.#debugging(
      (script) => {
        const isOwn = script.url === '' || script.url.startsWith('node:') || this.#isOwn(script.url);
        // A script that came as a data: URL has its whole text in it, and a map may be in its script.
        if (!isOwn)
          scripts.push({
            id: script.scriptId,
            url: script.url.slice(0, URL_LENGTH_MAX),
            sourceMap: (script.sourceMapURL ?? '').slice(0, URL_LENGTH_MAX),
          });
      },
      () => undefined,
    );
    return scripts;
  }

  #readSources(ids: readonly string[]): Map<string, string> {
    const sourceById = new Map<string, string>();
    let length = 0;
    this.#debugging(
      () => undefined,
      (inspector) => {
        for (const scriptId of ids) {
          const text = sourceOf(inspector, scriptId);
          length += text.length;
          if (length > SOURCES_LENGTH_MAX) return;
          sourceById.set(scriptId, text);
        }
      },
    );
    return sourceById;
  }

  /**
   * Only the debugger knows all scripts and their texts. It hashes each when it is enabled: 0.1 s for 9 MB of them, where a
   * snapshot takes seconds. Nothing of the program's runs before it is disabled again, so it never pauses.
   */
  #debugging(onScript: (script: ParsedScript) => void, work: (inspector: InProcessInspector) => void): void {
    const inspector = this.#inspector();
    inspector.onNotification((method, params) => {
      if (method === 'Debugger.scriptParsed') onScript(params as ParsedScript);
    });
    inspector.connect();
    try {
      inspector.post('Debugger.enable');
      try {
        work(inspector);
      } finally {
        inspector.post('Debugger.disable');
      }
    } finally {
      inspector.disconnect();
    }
  }

  /** Opens the file while it has a name. */
  open(path: string): null {
    this.close();
    const { O_RDWR, O_NOFOLLOW } = this.#fs.constants;
    this.#file = this.#fs.openSync(path, O_RDWR | O_NOFOLLOW);
    return null;
  }

  /** Stops the program until the whole snapshot is written, or can't be. */
  write(): SnapshotWritten {
    if (this.#file === null) throw new Error('no file was opened for the snapshot');
    const rssBeforeBytes = process.memoryUsage.rss();
    const startMs = this.#nowMs();
    let failure: SnapshotWritten['failure'] = null;
    try {
      this.#v8.writeHeapSnapshot(`/proc/self/fd/${this.#file}`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      failure = { code: code ?? null, message };
    } finally {
      this.close();
    }
    return {
      pauseMs: this.#nowMs() - startMs,
      rssBeforeBytes,
      rssAfterBytes: process.memoryUsage.rss(),
      failure,
    };
  }

  close(): void {
    this.#scripts = null;
    this.#sourceById = null;
    const file = this.#file;
    this.#file = null;
    if (file !== null) this.#fs.closeSync(file);
  }

  #inspector(): InProcessInspector {
    return new InProcessInspector(this.#require('node:inspector') as typeof inspectorModule);
  }
}

/** Empty for one that V8 has collected since it was listed: what an evaluation left, once it was done. */
function sourceOf(inspector: InProcessInspector, scriptId: string): string {
  try {
    return inspector.post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource;
  } catch (error) {
    if (error instanceof Error && error.message.includes('No script for id')) return '';
    throw error;
  }
}

const SCRIPTS_A_PAGE = 500;
const URL_LENGTH_MAX = 1000;
const SOURCE_A_PAGE = 100_000;
const SOURCES_LENGTH_MAX = 30_000_000;

type ParsedScript = { readonly scriptId: string; readonly url: string; readonly sourceMapURL?: string };
