import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { welcome } from './audience.ts';
import { Journal } from './journal.ts';

const journal: Journal = new Journal();

const server = createServer((request: IncomingMessage, response: ServerResponse): void => {
  const kind = journal.record(request.url ?? '');
  response.end(`${kind} for ${welcome('somebody', 'a friend')}`);
});

for (let number = 0; number < 100; number += 1) {
  journal.record(`first ${number}`);
  welcome(`reader ${number}`);
}
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`));
