import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

function table(count) {
  const lines = Array.from(
    { length: 150 },
    (_, index) => `C${index} ${(1 + ((count * 7 + index) % 97) / 100).toFixed(4)}`,
  );
  return lines.join('\n');
}

// The first one before anybody asks.
await expectOk(await fetch(url, { method: 'PUT', body: table(0) }));
await Promise.all([
  atConstantRate({ perSecond: 6, seconds }, async (count) =>
    expectOk(await fetch(url, { method: 'PUT', body: table(count + 1) })),
  ),
  atConstantRate({ perSecond: 20, seconds }, async (count) =>
    expectOk(await fetch(`${url}/?cents=${count}&to=C${count % 150}`)),
  ),
]);
