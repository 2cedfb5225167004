// Keeps a trace of the latest requests. Memory climbs until the ring is full, after some 20 s of this traffic, and
// then each trace takes the place of the oldest.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';

const CAPACITY = 1200;
const ring = [];
let next = 0;

function remember(trace) {
  ring[next] = trace;
  next = (next + 1) % CAPACITY;
}

const server = createServer((request, response) => {
  const trace = {
    id: randomUUID(),
    method: request.method,
    path: request.url,
    headers: { ...request.headers },
    spans: [],
  };
  for (const step of ['authenticate', 'load', 'price', 'tax', 'render']) {
    trace.spans.push({
      step,
      startedAt: performance.now(),
      tags: { step, request: trace.id, shard: `${step}-${next % 8}` },
    });
  }
  remember(trace);
  if (request.url.startsWith('/traces')) {
    response.end(JSON.stringify(ring.slice(-5)));
  } else {
    response.end(JSON.stringify({ id: trace.id, spans: trace.spans.length }));
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
