// Exchange rates for a shop: the bank sends a new table every second, and requests convert with the latest.
import { createServer } from 'node:http';
import { rates } from './rates.mjs';

async function readText(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (request.method === 'PUT') {
    const number = rates.replace(await readText(request));
    return response.end(JSON.stringify({ number }));
  }
  const cents = rates.convert(Number(url.searchParams.get('cents')), url.searchParams.get('to'));
  response.writeHead(cents === undefined ? 404 : 200).end(JSON.stringify({ cents }));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
