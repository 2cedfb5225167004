import { once } from 'node:events';
import { get } from 'node:http';
import { atConstantRate, driveArguments, expectOk, sleep } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const TOPICS = ['politics', 'sports', 'science', 'culture', 'weather', 'markets'];

async function read(count) {
  const topics = [TOPICS[count % 6], TOPICS[(count + 2) % 6]];
  const request = get(`${url}/feed?topic=${topics.join('&topic=')}`, { agent: false });
  const [response] = await once(request, 'response');
  response.setEncoding('utf8');
  const [text] = await once(response, 'data');
  if (!text.startsWith('event: hello')) throw new Error(text);
  await sleep(300 + (count % 4) * 150);
  response.destroy();
}

async function write(count) {
  const headline = { topic: TOPICS[count % 6], title: `Something happened for the ${count}th time` };
  await expectOk(await fetch(`${url}/headlines`, { method: 'POST', body: JSON.stringify(headline) }));
}

await Promise.all([
  atConstantRate({ perSecond: 9, seconds }, read),
  atConstantRate({ perSecond: 3, seconds }, write),
  atConstantRate({ perSecond: 1, seconds }, async () => expectOk(await fetch(`${url}/status`))),
]);
