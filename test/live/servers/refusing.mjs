// Answers HTTP and refuses every WebSocket.
import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end('{}'));
server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
