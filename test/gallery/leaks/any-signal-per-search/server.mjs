// Searches articles. A search ends early if the client goes away or the service is to stop.
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';

const stopping = new AbortController();
// ^^ leak: held by

const WORDS = ['oak', 'steel', 'linen', 'glass', 'table', 'lamp', 'chair', 'shelf'];
const ARTICLES = Array.from({ length: 2000 }, (_, number) => ({
  number,
  name: `${WORDS[number % 4]} ${WORDS[4 + (number % 3)]} ${number}`,
  cents: 900 + ((number * 7919) % 40_000),
}));
let cutShort = 0;

async function search(words, signal) {
  const found = [];
  let isOver = false;
  signal.addEventListener('abort', () => {
    isOver = true;
    cutShort += 1;
    found.length = 0;
  });
  for (let from = 0; from < ARTICLES.length && !isOver; from += 500) {
    for (const { name, cents } of ARTICLES.slice(from, from + 500)) {
      if (words.every((word) => name.includes(word))) found.push({ name, price: cents / 100, words });
    }
    await turn();
  }
  return found.slice(0, 20);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/status') return response.end(JSON.stringify({ cutShort }));
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const signal = AbortSignal.any([stopping.signal, gone.signal]);
  // ^^ leak: added at
  const words = (url.searchParams.get('q') ?? '').split(' ');
  response.end(JSON.stringify(await search(words, signal)));
});

process.once('SIGTERM', () => {
  stopping.abort();
  server.close();
  server.closeAllConnections();
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
