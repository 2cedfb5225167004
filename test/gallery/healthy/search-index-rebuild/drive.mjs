import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const WORDS = ['amber', 'cedar', 'fjord', 'inlet', 'north'];

await Promise.all([
  atConstantRate({ perSecond: 30, seconds }, async (count) => {
    const answer = await expectOk(await fetch(`${url}/search?q=${WORDS[count % 5]}${count % 60}`));
    if (!Array.isArray(JSON.parse(answer).best)) throw new Error(answer);
  }),
  atConstantRate({ perSecond: 10, seconds }, async (count) =>
    expectOk(
      await fetch(`${url}/articles/${(count * 37) % 2500}`, { method: 'PUT', body: String(count * 11) }),
    ),
  ),
]);
