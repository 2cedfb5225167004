import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const WORDS = ['oak', 'steel', 'linen', 'glass'];

await atConstantRate({ perSecond: 20, seconds }, async (count) => {
  const path = count % 20 === 19 ? '/status' : `/search?q=${WORDS[count % 4]}`;
  await expectOk(await fetch(url + path));
});
