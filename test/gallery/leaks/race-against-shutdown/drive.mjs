import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 20, seconds }, async (count) => {
  const place = `latitude=${(count * 7) % 80}&longitude=${(count * 13) % 170}`;
  const path = count % 10 === 9 ? '/health' : `/forecast?${place}`;
  await expectOk(await fetch(url + path));
});
