import { Agent, get } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { atConstantRate, driveArguments } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
// As a proxy does: few connections, all of them in use all the time.
const agent = new Agent({ keepAlive: true, maxSockets: 3, scheduling: 'fifo' });

await atConstantRate({ perSecond: 16, seconds }, async (count) => {
  const path = count % 8 === 7 ? '/health' : `/orders.csv?customer=C${count % 200}`;
  const [response] = await once(get(url + path, { agent }), 'response');
  const body = await text(response);
  if (response.statusCode !== 200 || body.length < 10) throw new Error(`${response.statusCode}: ${body}`);
});
agent.destroy();
