import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 12, seconds }, async (count) => {
  const rows = Array.from({ length: 60 }, (_, index) => ({
    sku: `SKU-${(count * 7 + index) % 2000}`,
    quantity: 1 + (index % 5),
  }));
  const answer = await expectOk(await fetch(url, { method: 'POST', body: JSON.stringify(rows) }));
  if (count % 40 !== 39) return;
  const { id } = JSON.parse(answer);
  await expectOk(await fetch(`${url}/${id}`));
});
