// A flat main thread with three workers: one that leaks, one that is flat, and a flat one inside it. Workers that come
// later and end soon come and go all the time.
import { createServer } from 'node:http';
import { Worker, isMainThread, threadId, workerData } from 'node:worker_threads';

const file = new URL(import.meta.url);
const workers = [];

if (isMainThread) {
  start(file, { workerData: { leaks: true }, name: 'thumbnails' });
  start(file, { workerData: { leaks: false, nests: true }, name: 'mails' });
  if (process.env.SHORT_LIVED === '1') {
    setInterval(() => start('setTimeout(() => {}, 300)', { eval: true }), 1500);
  }
  // Ended in order: each thread is told, and so are those it started.
  process.once('SIGTERM', () => {
    void Promise.all(workers.map((worker) => worker.terminate())).then(() => process.exit(0));
  });
  const server = createServer((request, response) => response.end(`${process.memoryUsage().heapUsed}`));
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    console.log(`listening ${server.address().port}`);
  });
} else {
  work(workerData);
}

function start(what, options) {
  const worker = new Worker(what, options);
  workers.push(worker);
  return worker;
}

function work({ leaks, nests }) {
  const thumbnails = new Map();
  if (nests) start('setInterval(() => {}, 1000)', { eval: true });
  let last = 0;
  setInterval(() => {
    last += 1;
    const thumbnail = Array.from({ length: 1000 }, (_, index) => index / 3);
    thumbnails.set(last, { threadId, thumbnail });
    if (!leaks) thumbnails.delete(last - 20);
  }, 10);
}
