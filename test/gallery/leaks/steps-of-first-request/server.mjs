// Converts amounts. Every request notes its steps, so that a slow one can be looked into; the rates are refreshed beside.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { Trace } from './trace.cjs';

const CURRENCIES = ['USD', 'GBP', 'JPY', 'CHF', 'SEK', 'PLN', 'CZK', 'NOK', 'CAD', 'AUD'];
const REFRESH_EVERY_MS = 50;
const traces = new AsyncLocalStorage();
const rates = new Map(CURRENCIES.map((currency, index) => [currency, 1 + index / 10]));
let slow = 0;
let isRefreshing = false;

function note(step, facts) {
  traces.getStore()?.add(step, facts);
}

// Nobody asks for rates before the first request comes.
function keepRatesFresh() {
  if (isRefreshing) return;
  isRefreshing = true;
  setInterval(refreshRates, REFRESH_EVERY_MS);
}

function refreshRates() {
  const at = new Date();
  const changes = CURRENCIES.map((currency) => {
    const before = rates.get(currency);
    rates.set(currency, before * (0.999 + Math.random() / 500));
    return { currency, before, after: rates.get(currency), at };
  });
  note('rates refreshed', { changes, source: `feed-${at.getTime()}` });
}

function convert(url) {
  keepRatesFresh();
  const rate = rates.get(url.searchParams.get('to'));
  const amount = Number(url.searchParams.get('amount'));
  if (rate === undefined || Number.isNaN(amount)) return { error: 'which amount, in what?' };
  note('converted', { amount, rate });
  return { amount: amount * rate };
}

const server = createServer((request, response) => {
  if (request.url === '/health') return response.end(JSON.stringify({ slow }));
  const trace = new Trace(request.url);
  traces.run(trace, () => {
    response.end(JSON.stringify(convert(new URL(request.url, 'http://localhost'))));
    if (trace.tookMs > 250) slow += 1;
  });
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
