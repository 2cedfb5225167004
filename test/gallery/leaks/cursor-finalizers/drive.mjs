import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const WORDS = ['oak', 'lamp', 'steel table', 'glass chair', 'linen'];

await atConstantRate({ perSecond: 20, seconds }, async (count) => {
  if (count % 20 === 19) return expectOk(await fetch(`${url}/status`));
  // Every third search is a narrow one, whose result fits on a page.
  const below = count % 3 === 0 ? 1000 : 5000 + (count % 40) * 100;
  const query = `q=${encodeURIComponent(WORDS[count % 5])}&below=${below}`;
  await expectOk(await fetch(`${url}/search?${query}`));
});
