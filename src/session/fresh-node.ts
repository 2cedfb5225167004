import { spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { SnapshotRewriter } from '../capture/snapshot-rewriter.ts';
import { makeRawFile } from '../target/raw-file.ts';

/** What a Node that runs nothing tells of all others. */
export type FreshNode = {
  /** What a snapshot takes on this machine, as it is now. */
  readonly microsecondsAnObject: number;
  /** V8's and Node's own words: the names of their types, functions, properties. */
  readonly words: ReadonlySet<string>;
  /** The texts of Node's own modules. */
  readonly sources: readonly string[];
};

/**
 * Takes a snapshot of a Node of our own, the program's executable again, with an empty environment and a heap we know: how long it takes, and which
 * texts are in it although nobody's data is. Some 1.5 s and 150 MB, of ours and not of the program's. `null` if it
 * could not be had.
 */
export async function measureFreshNode(folder: string, executable: string): Promise<FreshNode | null> {
  const raw = makeRawFile(folder, process.getuid?.() ?? 0);
  const sources = makeRawFile(folder, process.getuid?.() ?? 0);
  try {
    raw.unname();
    sources.unname();
    const text = await output(executable, [raw.file, sources.file]);
    if (text === null) return null;
    const words = new Set<string>();
    const reader = new SnapshotRewriter((word) => {
      if (word.length <= WORD_LENGTH_MAX) words.add(word);
      return null;
    });
    for await (const chunk of createReadStream('', { fd: raw.file, start: 0, autoClose: false }))
      reader.feed(chunk as Buffer);
    const { nodes } = reader.end();
    const { pauseMs } = JSON.parse(text) as { pauseMs: number };
    return {
      microsecondsAnObject: (pauseMs * 1000) / nodes,
      words,
      // Opened once more: the child has moved the position of the file that we share.
      sources: JSON.parse(readFileSync(`/proc/self/fd/${sources.file}`, 'utf8')) as string[],
    };
  } catch {
    // It is only a measurement: without it there are figures of another machine, and fewer words are kept.
    return null;
  } finally {
    for (const file of [raw, sources]) {
      file.unname();
      file.close();
    }
  }
}

/** `null` if it failed. */
function output(executable: string, files: readonly number[]): Promise<string | null> {
  const child = spawn(executable, ['-e', PROGRAM], {
    cwd: '/',
    // Nothing of ours may be taken for a word of Node's.
    env: {},
    stdio: ['ignore', 'pipe', 'ignore', ...files],
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code === 0 ? text : null));
  });
}

/** Objects of the kinds that servers have many of, beside all that Node itself loads. */
const PROGRAM = `
const v8 = require('v8');
for (const name of require('module').builtinModules) try { require(name); } catch {}
globalThis.ballast = [];
for (let i = 0; i < 15000; i += 1) ballast.push({ i }, [i, {}], 'text ' + i, () => i);
const kept = globalThis.kept = [];
const use = (work) => { try { kept.push(work()); } catch {} };
use(() => require('net').createServer().listen(0, '127.0.0.1', function () { use(() => require('net').connect(this.address().port)); }));
use(() => require('net').createServer().listen('\\0leakline-' + process.pid));
use(() => require('dgram').createSocket('udp4').bind(0, '127.0.0.1'));
use(() => require('http').createServer());
use(() => require('zlib').createGzip());
use(() => require('crypto').createHash('sha256'));
use(() => require('crypto').createSecretKey(Buffer.alloc(8)));
use(() => require('tls').createSecureContext());
use(() => new (require('dns').Resolver)());
use(() => new MessageChannel());
use(() => new TextDecoder('latin1'));
use(() => new AbortController());
use(() => require('perf_hooks').monitorEventLoopDelay());
const startMs = performance.now();
v8.writeHeapSnapshot('/proc/self/fd/3');
const pauseMs = performance.now() - startMs;
let sources = [];
// A private door, so it may be shut.
try { sources = Object.values(process.binding('natives')).filter((source) => typeof source === 'string'); } catch {}
require('fs').writeFileSync(4, JSON.stringify(sources));
console.log(JSON.stringify({ pauseMs }));
process.exit(0);
`;

const WITHIN_MS = 30_000;
const WORD_LENGTH_MAX = 100;
