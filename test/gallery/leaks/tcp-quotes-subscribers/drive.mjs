import { connect } from 'node:net';
import { once } from 'node:events';
import { atConstantRate, driveArguments, sleep } from '../../lib/traffic.mjs';

const { port, seconds } = driveArguments();
const SYMBOLS = ['ACME', 'BOLT', 'CRUX', 'DYNE'];

// Somebody looks at two prices and leaves; one in four loses the connection instead of closing it.
await atConstantRate({ perSecond: 25, seconds }, async (count) => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${SYMBOLS[count % 4]}\n${SYMBOLS[(count + 1) % 4]}\n`);
  await once(socket, 'data');
  await sleep(200 + (count % 5) * 100);
  if (count % 4 === 0) socket.resetAndDestroy();
  else socket.end();
});
