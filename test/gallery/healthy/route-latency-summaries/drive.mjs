import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const ROUTES = ['products', 'baskets', 'orders', 'customers', 'reviews', 'stock', 'prices', 'stores'];
const METHODS = ['GET', 'GET', 'PUT', 'DELETE'];

async function ask(count) {
  const route = ROUTES[count % 8];
  const method = METHODS[Math.floor(count / 8) % 4];
  // One in forty is not there.
  const id = (count * 7) % 1000;
  const response = await fetch(`${url}/${route}/${id}?session=s-${count}&page=${count % 9}`, { method });
  const { id: answered } = await response.json();
  if (answered !== String(id)) throw new Error(`asked for ${id}, got ${answered}`);
}

await Promise.all([
  atConstantRate({ perSecond: 100, seconds }, ask),
  atConstantRate({ perSecond: 0.5, seconds }, async () => expectOk(await fetch(`${url}/metrics`))),
]);
