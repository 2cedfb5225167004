// What it costs to ship a basket. The carriers are slow to answer, so what they said is remembered.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoize } from './memoize.cjs';

const CARRIERS = ['postal', 'northern', 'swift', 'harbour'];
const SERVICES = ['economy', 'standard', 'express'];
let asked = 0;

// Stands in for the carriers.
async function askCarriers({ country, grams, date }) {
  asked += 1;
  await sleep(15);
  return CARRIERS.flatMap((carrier, at) =>
    SERVICES.map((service, level) => ({
      carrier,
      service: `${service} to ${country}`,
      cents: 300 + Math.ceil(grams / 250) * (40 + at * 7) + level * 450,
      arrives: new Date(Date.parse(date) + (6 - level - (at % 2)) * 86_400_000),
    })),
  );
}

const shippingRates = memoize(askCarriers);

function readQuery(url) {
  return {
    country: url.searchParams.get('country') ?? 'DE',
    // Carriers charge by steps of 250 g.
    grams: Math.ceil(Number(url.searchParams.get('grams') ?? 0) / 250) * 250,
    date: new Date().toISOString(),
  };
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/status') return response.end(JSON.stringify({ asked }));
  try {
    const rates = await shippingRates(readQuery(url));
    response.end(JSON.stringify(rates.toSorted((a, b) => a.cents - b.cents).slice(0, 5)));
  } catch (error) {
    response.writeHead(502).end(error.message);
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
