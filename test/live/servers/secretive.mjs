// Keeps secrets everywhere a program may keep them, and enough objects for a snapshot to take a moment.
import { createServer, get } from 'node:http';

const secrets = (process.env.SECRETS ?? '').split(',').filter((secret) => secret !== '');
const kept = [];
const byToken = {};
const sessions = new Map();

class Account {
  #pin;
  constructor(pin) {
    this.#pin = pin;
  }
  matches(pin) {
    return this.#pin === pin;
  }
}

/** One way to keep a secret each. */
const waysToKeep = [
  (secret) => (byToken[secret] = { since: 1 }),
  (secret) => sessions.set(secret, { open: true }),
  (secret) => kept.push(new Account(secret)),
  (secret) => kept.push(() => secret.length),
  (secret) => kept.push(new Error(`no access with ${secret}`)),
  (secret) => kept.push(new URL(`http://user:${secret}@localhost/path?key=${secret}`)),
  (secret) => kept.push(Symbol(secret)),
  (secret) => kept.push({ [secret]() {} }),
  (secret) => kept.push({ [secret]: class extends Account {} }),
  (secret) => kept.push({ text: `Bearer ${secret}` }, [secret]),
  (secret) => kept.push(new RegExp(secret)),
  (secret) => kept.push(new WeakMap([[Symbol.for(secret) && { name: secret }, secret]])),
  (secret) => kept.push(Object.defineProperty({}, secret, { get: () => secret, enumerable: true })),
  (secret) => kept.push(secret.slice(2) + process.env[`KEY_${secret}`]),
  (secret) => kept.push(JSON.parse(`{"${secret}":{"${secret}":"${secret}\\u00e4\\n"}}`)),
];
secrets.forEach((secret, index) => waysToKeep[index % waysToKeep.length]?.(secret));

const ballast = Number(process.env.BALLAST ?? '20000');
for (let index = 0; index < ballast; index += 1) kept.push({ index, next: kept.at(-1) });

const server = createServer((request, response) => {
  if (request.url === '/keep') kept.push(request.headers);
  response.end(JSON.stringify({ kept: kept.length, sessions: sessions.size }));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const headers = { authorization: `Bearer ${secrets[0] ?? ''}`, [`x-${secrets[1] ?? 'none'}`]: '1' };
  get({ port, host: '127.0.0.1', path: '/keep', headers }, (response) => {
    response.resume();
    response.on('end', () => console.log(`listening ${port}`));
  });
});
