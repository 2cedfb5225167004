import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const CURRENCIES = ['USD', 'GBP', 'JPY', 'CHF', 'SEK'];

await atConstantRate({ perSecond: 20, seconds }, async (count) => {
  const path = count % 10 === 9 ? '/health' : `/convert?to=${CURRENCIES[count % 5]}&amount=${count % 900}`;
  await expectOk(await fetch(url + path));
});
