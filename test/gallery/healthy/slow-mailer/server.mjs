// Takes orders and confirms them by mail. The connection to the mail server is made once, when the service starts.
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';

const SENDER = 'orders@shop.example';
let confirmed = 0;

// Stands in for a mail server that takes two seconds to say hello, and a while for each mail.
const mailServer = createTcpServer((socket) => {
  setTimeout(() => socket.write('220 mail.example\n'), 2000);
  socket.on('data', () => setTimeout(() => socket.write('250 queued\n'), 100));
});
await new Promise((resolve) => mailServer.listen(0, '127.0.0.1', resolve));

const mailer = connectMailer(mailServer.address().port);

function connectMailer(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      resolve({ send: (to, text) => socket.write(`MAIL FROM ${SENDER}\nRCPT TO ${to}\nDATA\n${text}\n.\n`) });
    });
  });
}

function compose({ number, name, lines }) {
  const rows = lines.map(({ article, pieces, cents }) => ({
    text: `${pieces} x ${article}`,
    price: `${(cents / 100).toFixed(2)} EUR`,
  }));
  const cents = lines.reduce((sum, line) => sum + line.pieces * line.cents, 0);
  return { subject: `Order ${number}`, greeting: `Dear ${name}`, rows, total: (cents / 100).toFixed(2) };
}

async function confirm(order) {
  const message = compose(order);
  const { send } = await mailer;
  send(order.email, JSON.stringify(message));
  confirmed += 1;
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return response.end(JSON.stringify({ confirmed }));
  const order = await readJson(request);
  // Whoever has ordered need not wait for the mail.
  confirm(order).catch((error) => console.error(`order ${order.number}: ${error.message}`));
  response
    .writeHead(202, { 'content-type': 'application/json' })
    .end(JSON.stringify({ number: order.number }));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
