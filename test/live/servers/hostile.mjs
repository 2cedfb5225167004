// Everything in here that a walk could set off by accident counts itself. Its Map leaks, so a trap is set as well.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const triggered = [];
const note = (what) => triggered.push(what);

const everyTrap = new Proxy(
  {},
  {
    get:
      (_, trap) =>
      (...args) => (note(`proxy ${String(trap)}`), Reflect[trap](...args)),
  },
);
const revocable = Proxy.revocable({}, {});
revocable.revoke();

class Odd extends Map {
  #secret = new Map([['a', new Error('held')]]);
  get peek() {
    note('getter of a class');
    return this.#secret;
  }
  [Symbol.iterator]() {
    note('Symbol.iterator');
    return super[Symbol.iterator]();
  }
  get size() {
    note('size of a subclass');
    return super.size;
  }
}

class Failure extends Error {
  get stack() {
    note('stack of an Error');
    return 'no stack';
  }
}

const held = {
  get getter() {
    note('getter');
    return 1;
  },
  proxy: new Proxy({ inner: 1 }, everyTrap),
  proxiedClass: new Proxy(Odd, everyTrap),
  instanceOfProxied: Object.create(new Proxy({}, everyTrap)),
  revoked: revocable.proxy,
  odd: new Odd([['k', {}]]),
  failure: new Failure('kept'),
  sparse: Object.assign([], { 4000000000: 1 }),
  frozen: Object.freeze([{}, {}]),
  many: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key ${index}`, { index }])),
};
globalThis.held = held;

const drafts = new Map();
class WithPrivate {
  #own = held;
  failure = new Failure('in an instance');
  keep(text) {
    drafts.set(drafts.size, { text, with: this.#own });
  }
}
const keeper = new WithPrivate();
held.keeper = keeper;

Object.freeze(Error);
// As a deploy does that removes the release under the running server.
const directory = mkdtempSync(join(tmpdir(), 'hostile-'));
process.chdir(directory);
rmdirSync(directory);

const server = createServer((request, response) => {
  if (request.url === '/triggered') return response.end(JSON.stringify(triggered));
  for (let i = 0; i < 5; i += 1) keeper.keep('x'.repeat(5000 + i));
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
