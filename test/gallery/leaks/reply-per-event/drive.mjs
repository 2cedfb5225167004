import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await Promise.all([
  atConstantRate({ perSecond: 30, seconds }, async (count) =>
    expectOk(await fetch(`${url}/order?sku=${count % 2 === 0 ? 'x' : 'a'}${count}`)),
  ),
  atConstantRate({ perSecond: 1, seconds }, async () => expectOk(await fetch(`${url}/status`))),
]);
