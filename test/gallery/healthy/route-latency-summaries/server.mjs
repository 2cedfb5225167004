// A shop that measures itself: for each method, route and status it keeps a sample of what the requests were like.
// There are only so many of those. All but the rare ones have a full sample after some 20 s of this traffic.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ROUTES = ['products', 'baskets', 'orders', 'customers', 'reviews', 'stock', 'prices', 'stores'];
const SAMPLE = 60;
const summaries = new Map();

class Summary {
  constructor(labels) {
    this.labels = labels;
    this.count = 0;
    this.sumMs = 0;
    this.sample = [];
  }

  // Every request has the same chance to be in the sample, however many there have been.
  observe(tookMs, details) {
    this.count += 1;
    this.sumMs += tookMs;
    const at = this.count <= SAMPLE ? this.sample.length : Math.floor(Math.random() * this.count);
    if (at < SAMPLE) this.sample[at] = { tookMs, ...details, at: new Date() };
  }

  quantile(part) {
    const sorted = this.sample.map((one) => one.tookMs).sort((a, b) => a - b);
    return sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  }
}

function summaryOf(method, route, status) {
  const key = `${method} ${route} ${status}`;
  if (!summaries.has(key)) summaries.set(key, new Summary({ method, route, status }));
  return summaries.get(key);
}

function metrics() {
  return [...summaries].map(
    ([key, summary]) =>
      `${key} count=${summary.count} mean=${(summary.sumMs / summary.count).toFixed(2)} p95=${summary.quantile(0.95).toFixed(2)}`,
  );
}

const server = createServer(async (request, response) => {
  const startedAt = performance.now();
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/metrics') return response.end(metrics().join('\n'));
  const [, route, id] = pathname.split('/');
  const known = ROUTES.includes(route);
  await sleep(known ? 1 + (Number(id) % 5) : 0);
  const status = known ? (Number(id) % 40 === 0 ? 404 : 200) : 400;
  const details = { id, query: Object.fromEntries(searchParams), agent: request.headers['user-agent'] };
  summaryOf(request.method, known ? route : 'other', status).observe(performance.now() - startedAt, details);
  response.writeHead(status).end(JSON.stringify({ route, id }));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
