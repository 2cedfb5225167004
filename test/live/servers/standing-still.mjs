// A server whose event loop stands still for the milliseconds that a request names: /11000.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const untilMs = Date.now() + Number((request.url ?? '/0').slice(1));
  while (Date.now() < untilMs);
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
