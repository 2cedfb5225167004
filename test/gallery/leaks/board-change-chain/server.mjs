// A board of cards that several people edit. Browsers ask for the changes since those they have seen.
import { createServer } from 'node:http';
import changes from './changes.cjs';

const CARDS = 60;
const cards = Array.from({ length: CARDS }, (_, number) => ({ number, title: 'New card', tasks: [] }));

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const [, collection, number] = url.pathname.split('/');
  if (collection === 'changes') {
    return response.end(JSON.stringify(changes.since(Number(url.searchParams.get('after')))));
  }
  const before = cards[Number(number)];
  if (collection !== 'cards' || before === undefined) return response.writeHead(404).end();
  if (request.method === 'PUT') {
    const card = { number: before.number, ...(await readJson(request)) };
    cards[card.number] = card;
    const sequence = changes.append(request.headers['x-user'] ?? 'guest', { before, after: card });
    return response.end(JSON.stringify({ sequence }));
  }
  response.end(JSON.stringify(before));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
