// Forecasts for a place. When the service is told to stop, whoever still waits for the model gets an answer at once.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const HOURS = 36;
const WINDS = ['calm', 'breeze', 'wind', 'storm'];

const stopping = new Promise((resolve) => process.once('SIGTERM', () => resolve(null)));
// ^^ leak: held by

// Stands in for the model, which runs elsewhere.
async function runModel(latitude, longitude) {
  await sleep(10 + Math.random() * 30);
  const start = Math.floor(Date.now() / 3_600_000);
  return Array.from({ length: HOURS }, (_, hour) => ({
    at: new Date((start + hour) * 3_600_000).toISOString(),
    temperature: Math.round((12 + 8 * Math.sin((hour + longitude) / 4) - latitude / 10) * 10) / 10,
    rain: Math.max(0, Math.sin(hour * latitude)),
    wind: WINDS[(hour + Math.round(longitude)) % WINDS.length],
  }));
}

async function forecast(url) {
  const latitude = Number(url.searchParams.get('latitude'));
  const longitude = Number(url.searchParams.get('longitude'));
  if (Number.isNaN(latitude + longitude)) return { status: 400, body: { error: 'no such place' } };
  const hours = await Promise.race([runModel(latitude, longitude), stopping]);
  // ^^ leak: added at
  if (hours === null) return { status: 503, body: { error: 'the service is being restarted' } };
  return { status: 200, body: { latitude, longitude, hours } };
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/health') return response.end('ok');
  const { status, body } = await forecast(url);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

stopping.then(() => {
  server.close();
  setTimeout(() => server.closeAllConnections(), 200);
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
