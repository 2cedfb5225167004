import { randomUUID } from 'node:crypto';
import { atConstantRate, driveArguments, expectOk, sleep } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

function batch(count) {
  const lines = [randomUUID()];
  for (let index = 0; index < 500; index += 1) {
    lines.push(`meter-${(count * 500 + index) % 90_000} 2026-01-01T00:00Z ${(index * 37) % 900}`);
  }
  return lines.join('\n');
}

// One gateway in eight doesn't hear the answer and repeats itself.
await atConstantRate({ perSecond: 8, seconds }, async (count) => {
  const body = batch(count);
  await expectOk(await fetch(url, { method: 'POST', body }));
  if (count % 8 !== 0) return;
  await sleep(100);
  const { status } = await fetch(url, { method: 'POST', body });
  if (status !== 200) throw new Error(`a repeated batch was answered with ${status}`);
  await expectOk(await fetch(url));
});
