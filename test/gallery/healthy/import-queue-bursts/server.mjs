// Imports contacts. Shops send their lists all at once, every few seconds, and the rows wait in a queue until the
// database has taken them; a burst is through before the next one comes.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const BATCH = 50;
const queue = [];
const statistics = { imported: 0, refused: 0 };
let wake = () => {};

// Stands in for the database.
async function insert(rows) {
  await sleep(25);
  for (const row of rows) {
    if (row.email.includes('@')) statistics.imported += 1;
    else statistics.refused += 1;
  }
}

async function work() {
  for (;;) {
    if (queue.length === 0) await new Promise((resolve) => (wake = resolve));
    await insert(queue.splice(0, BATCH));
  }
}

function enqueue(shop, text) {
  const lines = text.split('\n').filter(Boolean);
  for (const line of lines) {
    const [name, email, city, consent] = line.split(';');
    queue.push({ shop, name, email, city, consent: consent === 'yes', receivedAt: new Date() });
  }
  wake();
  return lines.length;
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const rows = enqueue(request.url.slice(1), Buffer.concat(chunks).toString('utf8'));
    response.writeHead(202).end(JSON.stringify({ rows }));
  } else {
    response.end(JSON.stringify({ ...statistics, waiting: queue.length }));
  }
});

work();
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
