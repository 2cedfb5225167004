import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 60, seconds }, async (count) => {
  const path = count % 50 === 0 ? '/traces' : `/orders/${count}?customer=${count % 97}`;
  await expectOk(await fetch(url + path, { headers: { 'x-request': `request-${count}` } }));
});
