import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const COUNTRIES = ['DE', 'FR', 'PL', 'SE', 'IT'];

await atConstantRate({ perSecond: 40, seconds }, async (count) => {
  const basket = `country=${COUNTRIES[count % 5]}&grams=${(count * 90) % 2000}`;
  await expectOk(await fetch(url + (count % 20 === 19 ? '/status' : `/rates?${basket}`)));
});
