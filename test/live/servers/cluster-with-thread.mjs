// A primary, one worker process and one worker thread.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';

if (cluster.isPrimary) {
  const thread = new Worker('setInterval(() => {}, 1000)', { eval: true });
  const worker = cluster.fork();
  worker.on('listening', ({ port }) => console.log(`listening ${port}`));
  process.on('SIGTERM', () => {
    worker.kill();
    thread.terminate();
  });
} else {
  process.on('disconnect', () => process.exit());
  createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
}
