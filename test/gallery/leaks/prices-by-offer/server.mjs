// Prices of articles. Each offer is kept by its number, for as long as it is valid; those of the last weeks come from a file.
import { createServer } from 'node:http';

const offers = {};
//    ^^ leak: held by
let lastOffer = 0;

function makeOffer(article) {
  lastOffer += 1;
  const number = `O-${lastOffer.toString(36)}-${(lastOffer * 7919) % 1000}`;
  offers[number] = {
    // ^^ leak: added at
    number,
    article,
    cents: 100 + ((article * 37) % 9000),
    conditions: Array.from({ length: 12 }, (_, step) => ({ pieces: 10 * step, discount: step / 100 })),
    validUntil: Date.now() + 14 * 86_400_000,
  };
  return offers[number];
}

// Stands in for the file.
for (let count = 0; count < 160_000; count += 1) {
  lastOffer += 1;
  offers[`O-${lastOffer.toString(36)}-${(lastOffer * 7919) % 1000}`] = {
    number: lastOffer,
    article: count % 700,
  };
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/status') return response.end(JSON.stringify({ lastOffer }));
  const { number, cents } = makeOffer(Number(url.searchParams.get('article')));
  response.end(JSON.stringify({ number, cents }));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
