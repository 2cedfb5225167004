// Exports orders as CSV. The proxy in front keeps its connections open and sends request after request over them.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ROWS_PER_PAGE = 25;
const PAGES = 3;
const finished = { complete: 0, cancelled: 0 };

// Stands in for the database.
async function loadPage(customer, page) {
  await sleep(2);
  return Array.from({ length: ROWS_PER_PAGE }, (_, index) => ({
    order: `${customer}-${page * ROWS_PER_PAGE + index}`,
    article: `Article ${(page * 31 + index * 7) % 400}`,
    quantity: 1 + (index % 5),
    net: ((index * 37) % 900) / 10 + 0.5,
  }));
}

class Export {
  constructor(customer) {
    this.customer = customer;
    this.rows = [];
    this.cancelled = false;
  }

  async run() {
    for (let page = 0; page < PAGES && !this.cancelled; page += 1) {
      this.rows.push(...(await loadPage(this.customer, page)));
    }
    finished[this.cancelled ? 'cancelled' : 'complete'] += 1;
    return this.rows.map((row) => Object.values(row).join(';')).join('\n');
  }

  cancel() {
    this.cancelled = true;
  }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/health') return response.end(JSON.stringify(finished));
  const job = new Export(url.searchParams.get('customer') ?? 'all');
  // Nobody waits for an export whose connection is gone.
  request.socket.on('close', () => job.cancel());
  // ^^ leak: held by
  // ^^ leak: added at
  response.setHeader('content-type', 'text/csv');
  response.end(await job.run());
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
