// A program whose memory is known: `node --trace-gc program.mjs leaking|steady SECONDS`. Beside V8's lines it prints
// what a program prints (glued to them, too), its memory once a second, and at the end what V8's own profiler says
// of every collection, for the tests to compare the lines with.
import { GCProfiler } from 'node:v8';

const [kind, seconds] = process.argv.slice(2);
const profiler = new GCProfiler();
profiler.start();
process.stdout.write('listening on port 3000, no line end here: ');

const kept = [];
const recent = [];
const work = setInterval(() => {
  // Small objects that outlive two scavenges and die in the old space, so that there are major collections.
  recent.push(Array.from({ length: 4_000 }, (_, id) => ({ id, seen: [id] })));
  if (recent.length > 100) recent.shift();
  // An array of doubles: V8 need not look through it, so the recording disturbs nobody.
  if (kind === 'leaking') kept.push(Array.from({ length: 1_000 }, Math.random));
}, 20);
const log = setInterval(() => console.log(JSON.stringify(process.memoryUsage())), 1000);

setTimeout(() => {
  clearInterval(work);
  clearInterval(log);
  const { statistics } = profiler.stop();
  const used = ({ gcType, afterGC }) => [gcType, afterGC.heapStatistics.usedHeapSize];
  console.log(`\nprofiler ${JSON.stringify(statistics.map(used))}`);
}, Number(seconds) * 1000);
