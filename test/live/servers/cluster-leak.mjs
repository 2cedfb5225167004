// A primary with two workers in a cluster, of which the second keeps what it is asked, and a process forked later.
import cluster from 'node:cluster';
import { fork } from 'node:child_process';
import { createServer } from 'node:http';

if (process.env.LATER === '1') {
  setInterval(() => {}, 1000);
} else if (cluster.isPrimary) {
  const start = (leaks) => cluster.fork({ LEAKS: String(leaks) });
  const workers = [start(false), start(true)];
  let listening = 0;
  cluster.on('listening', (_, { port }) => {
    listening += 1;
    if (listening === workers.length) console.log(`listening ${port}`);
  });
  setTimeout(() => fork(new URL(import.meta.url), ['later'], { env: { ...process.env, LATER: '1' } }), 3000);
} else {
  const jobs = [];
  setInterval(() => {
    jobs.push({ at: Date.now(), frame: Array.from({ length: 1000 }, (_, index) => index / 3) });
    if (process.env.LEAKS !== 'true') jobs.length = 0;
  }, 10);
  createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
}
