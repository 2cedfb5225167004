// Keeps secrets everywhere a program may keep them, and enough objects for a snapshot to take a moment.
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import { writeHeapSnapshot } from 'node:v8';
import { Script } from 'node:vm';

const secrets = (process.env.SECRETS ?? '').split(',').filter((secret) => secret !== '');
const kept = [];
const byToken = {};
const sessions = new Map();
const bus = new EventEmitter();
const requestScope = new AsyncLocalStorage();
const registry = new FinalizationRegistry(() => undefined);

class Account {
  #pin;
  constructor(pin) {
    this.#pin = pin;
  }
  matches(pin) {
    return this.#pin === pin;
  }
}

function* rememberIn(secret) {
  yield 1;
  return secret;
}

/** One way to keep a secret each. */
const waysToKeep = [
  (secret) => (byToken[secret] = { since: 1 }),
  (secret) => sessions.set(secret, { open: true }),
  (secret) => sessions.set({ open: true }, secret),
  (secret) => kept.push(new Set([secret])),
  (secret) => kept.push(new Account(secret)),
  (secret) => kept.push(() => secret.length),
  (secret) => kept.push(new Error(`no access with ${secret}`)),
  (secret) => kept.push(new Error('no access', { cause: { secret } }).stack),
  (secret) => kept.push(new URL(`http://user:${secret}@localhost/path?key=${secret}`)),
  (secret) => kept.push(new URLSearchParams({ [secret]: secret })),
  (secret) => kept.push(Symbol(secret)),
  (secret) => kept.push({ [Symbol.for(secret)]: true }),
  (secret) => kept.push({ [secret]() {} }),
  (secret) =>
    kept.push({
      get [secret]() {
        return 1;
      },
    }),
  (secret) => kept.push({ [secret]: class extends Account {} }),
  (secret) => kept.push(Object.defineProperty(() => 1, 'name', { value: secret })),
  (secret) => kept.push({ text: `Bearer ${secret}` }, [secret]),
  (secret) => kept.push(new RegExp(secret)),
  (secret) => kept.push(new WeakMap([[Symbol.for(secret) && { name: secret }, secret]])),
  (secret) => {
    const key = {};
    kept.push(key, new WeakMap([[key, secret]]));
  },
  (secret) => kept.push(Object.defineProperty({}, secret, { get: () => secret, enumerable: true })),
  (secret) => kept.push(secret.slice(2) + process.env[`KEY_${secret}`]),
  (secret) => kept.push(JSON.parse(`{"${secret}":{"${secret}":"${secret}\\u00e4\\n"}}`)),
  (secret) =>
    kept.push(Buffer.from(secret), new TextEncoder().encode(secret), Buffer.from(secret).toString('base64')),
  (secret) => (process.env[`KEY_${kept.length}`] = secret),
  (secret) => kept.push((process.env[secret] = 'set'), process.env[secret], Object.keys(process.env)),
  (secret) =>
    kept.push(
      Promise.resolve(secret),
      Promise.resolve(1).then(() => secret),
    ),
  (secret) => kept.push(requestScope.run({ secret }, () => Promise.resolve())),
  (secret) => kept.push(rememberIn(secret)),
  (secret) => kept.push(bus.on.bind(bus, secret)),
  (secret) => bus.on(secret, () => undefined),
  (secret) => kept.push(setTimeout(() => undefined, 1e6, secret).unref()),
  (secret) => kept.push(performance.mark(secret, { detail: secret })),
  (secret) => {
    const held = {};
    kept.push(held);
    registry.register(held, secret);
  },
  (secret) => kept.push(new Script('1', { filename: secret }), new Script('2', { filename: `${secret}.js` })),
  (secret) => kept.push(new Proxy({ [secret]: secret }, {})),
  (secret) =>
    kept.push(`${secret}${'.'.repeat(3000)}`.repeat(20), `x${secret}${'y'.repeat(50)}`.slice(1, 40)),
  (secret) => kept.push(new Map([[secret, new Map([[secret, [secret]]])]])),
  (secret) => kept.push(BigInt(`0x${secret.slice(1)}`), Number(`0x${secret.slice(1, 12)}`)),
];
secrets.forEach((secret, index) => waysToKeep[index % waysToKeep.length]?.(secret));

const ballast = Number(process.env.BALLAST ?? '20000');
for (let index = 0; index < ballast; index += 1) kept.push({ index, next: kept.at(-1) });

let visits = 0;
let garbage = [];
const server = createServer((request, response) => {
  if (request.url.startsWith('/keep')) kept.push(request);
  // For a watch: each visitor's secret stays in one way more, beside the texts that make it worth a look.
  if (request.url === '/visit') {
    const secret = request.headers['x-secret'];
    waysToKeep[visits % waysToKeep.length]?.(secret);
    visits += 1;
    // Garbage, so that V8 collects by itself and a watch need not.
    garbage = Array.from({ length: 30_000 }, () => visits);
    byToken[`${secret}-again`] = { request, notes: Array.from({ length: 1000 }, () => ({ secret })) };
    sessions.set(`${secret}-session`, new Account(secret));
  }
  // As V8 writes it, into the file that the caller names.
  if (request.url.startsWith('/raw?'))
    writeHeapSnapshot(decodeURIComponent(request.url.slice('/raw?'.length)));
  response.end(JSON.stringify({ kept: kept.length, sessions: sessions.size, garbage: garbage.length }));
});

const HEADERS_A_REQUEST = 100;

/** Every secret comes in a header too: as a value, as a part of a name, in the path. */
async function receiveSecrets(port) {
  for (let first = 0; first === 0 || first < secrets.length; first += HEADERS_A_REQUEST) {
    const some = secrets.slice(first, first + HEADERS_A_REQUEST);
    const headers = Object.fromEntries(
      some.map((secret, index) =>
        index % 2 === 0 ? [`x-${index}`, `Bearer ${secret}`] : [`x-${secret}`, '1'],
      ),
    );
    await new Promise((resolve) => {
      const path = `/keep?token=${some[0] ?? 'none'}`;
      httpRequest({ port, host: '127.0.0.1', path, headers }, (response) => {
        response.resume();
        response.on('end', resolve);
      }).end();
    });
  }
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await receiveSecrets(port);
  console.log(`listening ${port}`);
});
