// One reader on one file, in this process alone: `node reader.js NAME FILE PEERS`. Prints the time from the first byte asked for
// to the last figure had, and the most memory the process ever took. What each must come to: dominators, retained sizes,
// and per class the instances, their own size, and what they retain together.
import { createReadStream, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name, file, peers] = process.argv.slice(2);
const readers = { leakline, devtools, memlab, floor };

// Where memory ends, this goes and nobody else.
writeFileSync('/proc/self/oom_score_adj', '1000');

const read = await readers[name]();
const start = performance.now();
const cpuBefore = process.cpuUsage();
const figures = await read();
const ms = performance.now() - start;
const cpu = process.cpuUsage(cpuBefore);
const cpuMs = (cpu.user + cpu.system) / 1000;
const peakKb = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
console.log(JSON.stringify({ ms, cpuMs, peakBytes: peakKb * 1024, figures }));
process.exit(0);

async function leakline() {
  const { readSnapshot } = await import(pathToFileURL('dist/heap.js').href);
  return async () => {
    const heap = await readSnapshot(inTurns(file), { sizeBytes: statSync(file).size });
    const classes = heap.classes();
    const [largest] = heap.largest(1);
    return {
      nodes: heap.nodeCount,
      classes: classes.length,
      retained: heap.retainedBytes(heap.root),
      largest: `${heap.className(largest)} with ${heap.retainedBytes(largest)} bytes`,
    };
  };
}

/** Two buffers in turns, as src/session/snapshot-bytes.ts reads: the next is filled while one is looked at. */
async function* inTurns(path) {
  const handle = await open(path);
  let [filled, free] = [new Uint8Array(1 << 18), new Uint8Array(1 << 18)];
  let reading = handle.read(filled);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return await handle.close();
    reading = handle.read(free);
    yield filled.subarray(0, bytesRead);
    [filled, free] = [free, filled];
  }
}

/** Chrome DevTools' own worker. Its `parse` ends with dominators and retained sizes built. */
async function devtools() {
  const { parse } = await import(
    pathToFileURL(join(peers, 'node_modules/heap-snapshot-toolkit/index.js')).href
  );
  return async () => {
    const snapshot = await parse(createReadStream(file, 'utf-8'));
    const classes = Object.values(snapshot.aggregatesWithFilter({}));
    return { nodes: snapshot.nodeCount, classes: classes.length, retained: snapshot.retainedSizes[0] };
  };
}

/** Without class aggregates, which memlab has no single call for: its figure flatters it. */
async function memlab() {
  const require = createRequire(join(peers, 'package.json'));
  const { config } = require('@memlab/core');
  const { getFullHeapFromFile } = require('@memlab/heap-analysis');
  config.muteConsole = true;
  return async () => {
    const heap = await getFullHeapFromFile(file);
    return { nodes: heap.nodes.length, classes: null, retained: heap.nodes.get(0).retainedSize };
  };
}

/** What no reader in plain JavaScript can go below: each byte looked at, each integer made a number, nothing kept. */
function floor() {
  return () => {
    const descriptor = openSync(file);
    const chunk = new Uint8Array(1 << 20);
    let sum = 0;
    let numbers = 0;
    let number = 0;
    let inNumber = false;
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
      for (let at = 0; at < length; at += 1) {
        const digit = chunk[at] - 48;
        if (digit >= 0 && digit <= 9) {
          number = (Math.imul(number, 10) + digit) | 0;
          inNumber = true;
        } else if (inNumber) {
          sum = (sum + number) | 0;
          numbers += 1;
          number = 0;
          inNumber = false;
        }
      }
    }
    return { numbers, sum };
  };
}
