import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 40, seconds }, async (count) => {
  await expectOk(await fetch(url + (count % 20 === 19 ? '/status' : `/price?article=${count % 700}`)));
});
