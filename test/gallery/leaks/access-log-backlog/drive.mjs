import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 50, seconds }, async (count) => {
  // Now and then a link comes from a campaign whose parameters have got out of hand.
  const campaign = count % 400 === 20 ? 'x'.repeat(9000) : `spring-${count}`;
  const path = count % 25 === 24 ? '/health' : `/articles/${(count * 7) % 300}?campaign=${campaign}`;
  const headers = {
    'x-request-id': `request-${count}`,
    'x-session': `session-${count % 700}-${'abcdef'.repeat(4)}`,
    referer: `https://shop.example/list?page=${count % 40}&sort=price`,
    cookie: `basket=${count % 900}; consent=all; seen=${count}`,
  };
  await expectOk(await fetch(url + path, { headers }));
});
