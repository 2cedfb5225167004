// Renders labels. Every job listens for the shutdown of the service, so that none is cut off in the middle.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const shutdown = new AbortController();
// ^^ leak: held by
let rendered = 0;

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function render(order) {
  const job = { order, lines: [], cancelled: false };
  const cancel = () => {
    job.cancelled = true;
  };
  shutdown.signal.addEventListener('abort', cancel);
  // ^^ leak: added at
  for (const item of order.items) {
    if (job.cancelled) throw new Error('the service is shutting down');
    job.lines.push(`${item.quantity} x ${item.name} (${item.sku})`.padEnd(60, '.'));
    if (job.lines.length % 10 === 0) await sleep(1);
  }
  rendered += 1;
  return job.lines.join('\n');
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/labels') {
      response.end(await render(await readBody(request)));
    } else if (request.url === '/health') {
      response.end(JSON.stringify({ rendered }));
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    response.writeHead(500).end(error.message);
  }
});

process.once('SIGTERM', () => {
  shutdown.abort();
  server.close();
  server.closeAllConnections();
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
