import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await Promise.all([
  atConstantRate({ perSecond: 12, seconds }, async (count) =>
    expectOk(await fetch(`${url}/dashboard?holdings=${20 + (count % 4) * 10}`)),
  ),
  atConstantRate({ perSecond: 1, seconds }, async () => expectOk(await fetch(`${url}/status`))),
]);
