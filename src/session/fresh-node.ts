import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SnapshotRewriter } from '../capture/snapshot-rewriter.ts';
import { makeRawFile, type RawFile, readRawFile } from '../target/raw-file.ts';

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
 * Starts the executable with an empty environment and a heap we know, and takes a snapshot of that: how long it takes, and
 * which texts are in it although nobody's data is. Some 2 s, and FRESH_NODE_BYTES of memory while it lasts. `null` if it
 * could not be had.
 */
export async function measureFreshNode(folder: string, executable: string): Promise<FreshNode | null> {
  const files: RawFile[] = [];
  try {
    for (let count = 0; count < 2; count += 1) {
      const file = makeRawFile(folder, process.geteuid?.() ?? 0);
      file.unname();
      files.push(file);
    }
    const [snapshot, sources] = files.map(({ file }) => file) as [number, number];
    const text = await output(executable, [snapshot, sources]);
    if (text === null) return null;
    const words = new Set<string>();
    const reader = new SnapshotRewriter((word) => {
      if (isWord(word)) words.add(word);
      return null;
    });
    for await (const chunk of readRawFile(snapshot)) reader.feed(chunk);
    const { nodes } = reader.end();
    const { pauseMs } = JSON.parse(text) as { pauseMs: number };
    return {
      microsecondsAnObject: (pauseMs * 1000) / nodes,
      words,
      // Opened once more: the child has moved the position of the file that we share.
      sources: JSON.parse(readFileSync(`/proc/self/fd/${sources}`, 'utf8')) as string[],
    };
  } catch {
    // It is only a measurement: without it there are figures of another machine, and fewer names are shown.
    return null;
  } finally {
    for (const file of files) file.close();
  }
}

/** It was seen to take 140 MB (Node 20) to 190 MB (26); the rest is for us to read what it wrote. */
export const FRESH_NODE_BYTES = 300_000_000;

/** Numbers are in every heap, as the places of arrays; where the program has the same one it may be a PIN. */
export function isWord(text: string): boolean {
  return text.length <= WORD_LENGTH_MAX && /^[ -~]*[a-z][ -~]*$/i.test(text);
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

/**
 * Loads all that Node has, makes one of each kind of its own objects that servers have, and some ballast. The texts of the
 * ballast are no words (see `isWord`).
 */
const PROGRAM = `
const v8 = require('v8');
for (const name of require('module').builtinModules) try { require(name); } catch {}
const kept = globalThis.kept = [];
for (let i = 0; i < 5000; i += 1) kept.push({ i }, [i, {}], '\\u0001' + i, () => i, new Map([[i, i]]));
const use = (work) => { try { kept.push(work()); } catch {} };
use(() => require('net').createServer().listen(0, '127.0.0.1'));
use(() => require('net').createServer().listen('\\0leakline-' + process.pid));
use(() => require('net').connect('\\0leakline-' + process.pid).on('error', () => {}));
use(() => require('dgram').createSocket('udp4'));
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
process.stdout.write(JSON.stringify({ pauseMs }), () => process.exit(0));
`;

const WITHIN_MS = 30_000;
const WORD_LENGTH_MAX = 100;
