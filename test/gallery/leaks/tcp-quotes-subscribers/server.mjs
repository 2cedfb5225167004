// Quotes over plain TCP: a client sends the symbols it wants, one a line, and gets a line for each change.
import { createServer } from 'node:net';

const prices = new Map(['ACME', 'BOLT', 'CRUX', 'DYNE'].map((symbol) => [symbol, 100]));
const subscribers = new Set();
// ^^ leak: held by

class Subscriber {
  constructor(socket) {
    this.socket = socket;
    this.symbols = new Set();
    this.backlog = [];
  }

  receive(line) {
    const symbol = line.trim().toUpperCase();
    if (!prices.has(symbol)) return this.send(`? ${symbol}`);
    this.symbols.add(symbol);
    this.backlog.push({ symbol, at: Date.now(), price: prices.get(symbol) });
    this.send(`${symbol} ${prices.get(symbol).toFixed(2)}`);
  }

  send(line) {
    if (this.socket.writable) this.socket.write(`${line}\n`);
  }
}

const server = createServer((socket) => {
  const subscriber = new Subscriber(socket);
  subscribers.add(subscriber);
  // ^^ leak: added at
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    for (const line of text.split('\n').filter(Boolean)) subscriber.receive(line);
  });
  // A client that vanishes is no reason to fall over.
  socket.on('error', () => socket.destroy());
});

setInterval(() => {
  const symbol = [...prices.keys()][Math.floor(Math.random() * prices.size)];
  const price = prices.get(symbol) * (0.99 + Math.random() / 50);
  prices.set(symbol, price);
  for (const subscriber of subscribers) {
    if (subscriber.symbols.has(symbol)) subscriber.send(`${symbol} ${price.toFixed(2)}`);
  }
}, 500);

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
