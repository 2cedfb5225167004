import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();

function contacts(count) {
  const lines = Array.from({ length: 500 }, (_, index) => {
    const name = `Person ${count}-${index}`;
    return `${name};person.${count}.${index}@mail.example;Town ${index % 90};${index % 3 ? 'yes' : 'no'}`;
  });
  return lines.join('\n');
}

// Twelve shops at once, and then 6 s for the queue to drain: at 2000 rows a second it takes half of that.
await Promise.all([
  atConstantRate({ perSecond: 10, seconds }, async () => expectOk(await fetch(`${url}/status`))),
  atConstantRate({ perSecond: 1 / 6, seconds }, async (burst) => {
    const shops = Array.from({ length: 12 }, (_, shop) => shop);
    const answers = await Promise.all(
      shops.map((shop) =>
        fetch(`${url}/shop-${shop}`, { method: 'POST', body: contacts(burst * 12 + shop) }),
      ),
    );
    await Promise.all(answers.map(expectOk));
  }),
]);
