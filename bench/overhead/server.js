// A server to measure: `json` answers 2 KB of JSON, `churn` makes and drops some thousand objects a request. It does
// what its parent tells it over the channel of `fork`, between two measurements.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [app, tools] = process.argv.slice(2);
const items = Array.from({ length: 40 }, (_, id) => ({
  id,
  name: `item ${id}`,
  price: id * 1.5,
  tags: ['a', 'b'],
}));
let requests = 0;
let profiler = null;
let collecting = null;

const answers = {
  json: () => JSON.stringify(items),
  churn: () => {
    const orders = [];
    for (let id = 0; id < 3000; id += 1) orders.push({ id, total: (id * 7919) % 1009, lines: [id] });
    orders.sort((a, b) => a.total - b.total);
    return String(orders[1500].total).padStart(8);
  },
};

const server = createServer((_, response) => {
  requests += 1;
  const body = answers[app]();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});

const orders = {
  usage: () => ({ requests, cpuMicroseconds: sum(process.cpuUsage()) }),
  'collect on': () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    collecting = setInterval(() => collect(), 1000);
  },
  'collect off': () => clearInterval(collecting),
  'datadog on': () => {
    profiler ??= createRequire(`${tools}/package.json`)('@datadog/pprof');
    // Its documented defaults: a sample each 512 KiB, 64 frames.
    profiler.heap.start(512 * 1024, 64);
  },
  'datadog off': () => profiler.heap.stop(),
};

process.on('message', (order) => process.send({ order, value: orders[order]() ?? null }));
server.listen(0, '127.0.0.1', () => process.send({ order: 'listening', value: server.address().port }));

function sum({ user, system }) {
  return user + system;
}
