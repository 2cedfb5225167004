// Takes batches of meter readings as text: the first line is the id of the batch, then one reading a line.
import { createServer } from 'node:http';

// A gateway that missed our answer sends its batch again. An id has 36 characters, so a hundred thousand are nothing.
const REMEMBERED = 100_000;
const seen = new Map();
// ^^ leak: held by

const totals = { batches: 0, repeated: 0, readings: 0, wattHours: 0 };

async function readText(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

function countReadings(text, from) {
  for (const line of text.slice(from).split('\n')) {
    const [meter, , wattHours] = line.split(' ');
    if (!meter) continue;
    totals.readings += 1;
    totals.wattHours += Number(wattHours);
  }
}

function accept(text) {
  const end = text.indexOf('\n');
  const id = text.slice(0, end);
  if (seen.has(id)) return false;
  seen.set(id, Date.now());
  // ^^ leak: added at
  if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value);
  countReadings(text, end + 1);
  return true;
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return response.end(JSON.stringify(totals));
  const isNew = accept(await readText(request));
  totals[isNew ? 'batches' : 'repeated'] += 1;
  response.writeHead(isNew ? 201 : 200).end();
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
