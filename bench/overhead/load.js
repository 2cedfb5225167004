// As many requests as the server answers, over 16 connections, for so many milliseconds. All answers are equally long, so
// counting bytes is enough: a client that parsed them would be slower than the server.
import { connect } from 'node:net';

const [port, milliseconds] = process.argv.slice(2).map(Number);
const request = `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
const CONNECTIONS = 16;
let over = false;

const length = await lengthOfOne();
const sockets = Array.from({ length: CONNECTIONS }, () => open());
setTimeout(() => {
  over = true;
  for (const socket of sockets) socket.destroy();
}, milliseconds);

function open() {
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes < length || over) return;
    bytes -= length;
    socket.write(request);
  });
  return socket;
}

function lengthOfOne() {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const bodyLength = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (head < 0 || text.length < head + 4 + bodyLength) return;
      socket.destroy();
      resolve(head + 4 + bodyLength);
    });
  });
}
