// Handles SIGUSR1 itself, as programs do that reopen their logs at it: Node opens no inspector then.
import { createServer } from 'node:http';

process.on('SIGUSR1', () => console.log('got SIGUSR1'));
const server = createServer((_request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
