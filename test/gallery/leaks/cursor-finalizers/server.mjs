// Searches a catalogue and answers with the first page; a long result can be read on with its cursor.
import { createServer } from 'node:http';
import { Cursor } from './cursor.cjs';

const PAGE = 20;
const CATALOGUE = Array.from({ length: 3000 }, (_, number) => ({
  number,
  name: `${['Oak', 'Steel', 'Linen', 'Glass'][number % 4]} ${['table', 'lamp', 'chair'][number % 3]}`,
  cents: 900 + ((number * 7919) % 40_000),
}));

function find({ words, below }) {
  const hits = [];
  for (const { number, name, cents } of CATALOGUE) {
    if (cents < below && words.every((word) => name.toLowerCase().includes(word))) {
      hits.push({ number, name, price: cents / 100, score: (number * 31 + words.length) % 97 });
    }
  }
  return hits.sort((a, b) => b.score - a.score);
}

function search(url) {
  const words = (url.searchParams.get('q') ?? '').toLowerCase().split(' ').filter(Boolean);
  const cursor = new Cursor(find({ words, below: Number(url.searchParams.get('below') ?? Infinity) }));
  const hits = cursor.read(PAGE);
  if (cursor.isDone) cursor.close();
  return { hits, found: cursor.length, more: !cursor.isDone };
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const body = url.pathname === '/status' ? { openCursors: Cursor.openCount } : search(url);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
