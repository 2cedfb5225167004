import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const ARTICLES = ['tea', 'coffee', 'cocoa', 'honey', 'jam'];

await atConstantRate({ perSecond: 25, seconds }, async (number) => {
  if (number % 25 === 24) return expectOk(await fetch(`${url}/status`));
  const lines = Array.from({ length: 24 }, (_, index) => ({
    article: `${ARTICLES[(number + index) % 5]} no. ${index}`,
    pieces: 1 + (index % 3),
    cents: 250 + ((number * 37 + index * 11) % 900),
  }));
  const order = { number, name: `Customer ${number}`, email: `c${number}@mail.example`, lines };
  await expectOk(await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order) }));
});
