// A small article service that sends a record of every request to a log store.
import { createServer } from 'node:http';
import { PassThrough, Writable } from 'node:stream';

const RECORD_LIMIT = 8192;
const ARTICLES = 300;
let served = 0;

// Stands in for the connection to the log store, which closes it when a record is too long.
class LogStoreConnection extends Writable {
  constructor() {
    super({ objectMode: true });
    this.sent = 0;
  }

  _write(record, _encoding, done) {
    if (JSON.stringify(record).length > RECORD_LIMIT) return done(new Error('record too long'));
    this.sent += 1;
    setImmediate(done);
  }
}

const accessLog = new PassThrough({ objectMode: true });
// ^^ leak: held by

const logStore = new LogStoreConnection();
logStore.on('error', (error) => console.error(`log store: ${error.message}`));
accessLog.pipe(logStore);

function article(number) {
  return { number, title: `Article ${number}`, price: 5 + ((number * 17) % 300) / 10 };
}

const server = createServer((request, response) => {
  const startedAt = performance.now();
  const url = new URL(request.url, 'http://localhost');
  response.on('finish', () => {
    const { method, headers } = request;
    const tookMs = performance.now() - startedAt;
    const query = Object.fromEntries(url.searchParams);
    accessLog.write({ at: new Date(), method, path: url.pathname, query, headers, tookMs });
    // ^^ leak: added at
  });
  served += 1;
  if (url.pathname === '/health') return response.end(JSON.stringify({ served, logged: logStore.sent }));
  const number = Number(url.pathname.split('/')[2]);
  if (!(number < ARTICLES)) return response.writeHead(404).end();
  response.end(JSON.stringify(article(number)));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
