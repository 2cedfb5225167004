// Imports lists of articles. Whoever imported one can ask how old it is, to know whether to do it again.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const stock = new Map();
const ageById = new Map();
// ^^ leak: held by

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function importList(rows) {
  const id = randomUUID();
  const importedAt = new Date();
  const counted = rows.map(({ sku, quantity }) => ({ sku, before: stock.get(sku) ?? 0, quantity }));
  for (const { sku, before, quantity } of counted) stock.set(sku, before + quantity);
  const describe = () =>
    `${counted.length} articles, ${counted.filter(({ before }) => before === 0).length} new`;
  ageById.set(id, () => Math.round((Date.now() - importedAt) / 1000));
  // ^^ leak: added at
  return { id, what: describe() };
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') return response.end(JSON.stringify(importList(await readBody(request))));
  const age = ageById.get(request.url.slice(1));
  if (age === undefined) return response.writeHead(404).end('no such import');
  response.end(`${age()} s`);
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
