import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

await atConstantRate({ perSecond: 20, seconds }, async (count) => {
  if (count % 10 === 9) {
    await expectOk(await fetch(`${url}/health`));
    return;
  }
  const items = Array.from({ length: 20 }, (_, index) => ({
    sku: `SKU-${count}-${index}`,
    name: `Article ${(count * 7 + index) % 500}`,
    quantity: 1 + (index % 3),
  }));
  await expectOk(
    await fetch(`${url}/labels`, { method: 'POST', body: JSON.stringify({ id: count, items }) }),
  );
});
