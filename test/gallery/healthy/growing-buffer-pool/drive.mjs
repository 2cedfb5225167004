import { atConstantRate, driveArguments, sleep } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const document = 'All work and no play makes a dull document. '.repeat(400);

async function compress() {
  const response = await fetch(url, { method: 'POST', body: document });
  const { byteLength } = await response.arrayBuffer();
  if (!response.ok || byteLength === 0) throw new Error(`${response.status}, ${byteLength} bytes`);
}

// A steady stream, and bursts that get larger for 20 s and then stay as they are.
const startedAt = performance.now();
async function bursts() {
  while (performance.now() - startedAt < seconds * 1000) {
    const grown = Math.min(1, (performance.now() - startedAt) / 20_000);
    await Promise.all(Array.from({ length: 4 + Math.round(28 * grown) }, compress));
    await sleep(800);
  }
}

await Promise.all([atConstantRate({ perSecond: 15, seconds }, compress), bursts()]);
