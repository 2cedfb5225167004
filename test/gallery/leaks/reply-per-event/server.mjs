// Orders that ask a warehouse over a bus: each waits for an event of its own.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';

const bus = new EventEmitter();
// ^^ leak: held by

class Timeout extends Error {}

function ask(id, order) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Timeout(`no reply for ${order.sku} within 200 ms`)), 200);
    bus.once(`reply:${id}`, (stock) => {
      // ^^ leak: added at
      clearTimeout(timer);
      resolve({ order, stock });
    });
    bus.emit('ask', { id, sku: order.sku });
  });
}

// The warehouse knows nothing of some articles, and then says nothing.
bus.on('ask', ({ id, sku }) => {
  setTimeout(() => {
    if (!sku.startsWith('x')) bus.emit(`reply:${id}`, { sku, count: sku.length });
  }, 20);
});

let asked = 0;
let unanswered = 0;

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/status') {
    response.end(JSON.stringify({ asked, unanswered }));
    return;
  }
  asked += 1;
  const sku = url.searchParams.get('sku');
  const lines = Array.from({ length: 60 }, (_, index) => ({ index, sku, note: `line ${index} of ${asked}` }));
  try {
    const { stock } = await ask(asked, { sku, lines });
    response.end(JSON.stringify({ stock, lines: lines.length }));
  } catch (error) {
    if (!(error instanceof Timeout)) throw error;
    unanswered += 1;
    response.end(JSON.stringify({ stock: null, lines: lines.length }));
  }
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
