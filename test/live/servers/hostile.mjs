// Everything in here that a walk could set off by accident counts itself. Its Map leaks, so a trap is set as well.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

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
const everyProxy = new Proxy({ destroyed: true }, everyTrap);
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

// Nodes, targets and signals of the program's own making: what is read of Node's must not run these.
class Node {
  static #made = new Map([['proxy', new Proxy({}, everyTrap)]]);
  static get made() {
    note('getter of a static private member');
    return Node.#made;
  }
  get next() {
    note('next of a chain');
    return this;
  }
}
function chainOf(length, link) {
  let head = null;
  for (let i = 0; i < length; i += 1) head = { i, [link]: head };
  return head;
}
const proxyInChain = chainOf(50, 'next');
proxyInChain.next.next.next = new Proxy(chainOf(50, 'next'), everyTrap);
const getterInChain = chainOf(50, 'next');
Object.defineProperty(getterInChain.next.next, 'next', {
  get() {
    note('getter in a chain');
    return null;
  },
});
const ring = chainOf(50, 'next');
ring.next.next.next = ring.next;
const frozenNode = Object.freeze({ next: Object.freeze({ next: null }) });

class Target extends EventTarget {
  addEventListener(...args) {
    return super.addEventListener(...args);
  }
  get [Symbol.toStringTag]() {
    note('toStringTag of a target');
    return 'Target';
  }
}
const target = new Target();
target.addEventListener('news', new Proxy(() => {}, everyTrap));
target.addEventListener('news', {
  get handleEvent() {
    note('handleEvent');
    return () => {};
  },
});
// Node itself looks for `handleEvent` when it is added.
triggered.length = 0;
const falseTarget = {
  [Symbol('kEvents')]: new Proxy(new Map(), everyTrap),
  [Symbol('kDependantSignals')]: new Set([revocable.proxy]),
  [Symbol('kAsyncContextFrame')]: new Proxy({}, everyTrap),
  [Symbol('kResourceStore')]: new Proxy({}, everyTrap),
};
const otherFalseTarget = {
  [Symbol('kEvents')]: new Map([
    ['abort', new Proxy({}, everyTrap)],
    [{ toString: () => note('toString of an event') }, { size: 3 }],
    [
      'news',
      {
        get next() {
          note('next of a list');
          return null;
        },
      },
    ],
  ]),
};
const FALSE_FIELDS = [
  'destroyed',
  'closed',
  'ended',
  'status',
  '_events',
  '_handle',
  '_readableState',
  'socket',
];
class FalseResource {
  constructor() {
    for (const name of [...FALSE_FIELDS, Symbol('kAborted'), Symbol('kHandle'), Symbol('kFd')]) {
      Object.defineProperty(this, name, { get: () => note(`getter ${String(name)}`), enumerable: true });
    }
  }
  close() {
    note('close');
  }
}
class WithStaticError {
  static failure = new Failure('of a class');
  last() {
    return WithStaticError.failure;
  }
}
const falseEmitter = Object.assign(Object.create(EventEmitter.prototype), {
  _events: new Proxy({ close: [() => {}] }, everyTrap),
});
const otherFalseEmitter = Object.assign(Object.create(EventEmitter.prototype), {
  destroyed: true,
  _events: { close: revocable.proxy, news: new Proxy([], everyTrap) },
});
const requests = new AsyncLocalStorage();
requests.run(new Proxy({}, everyTrap), () => setInterval(() => {}, 500).unref());
requests.run({ proxy: new Proxy({}, everyTrap) }, () => setInterval(() => {}, 600).unref());

const held = {
  Node,
  node: new Node(),
  chains: { proxyInChain, getterInChain, ring, frozenNode },
  targets: { target, falseTarget, otherFalseTarget },
  requests,
  WithStaticError,
  falseEmitter,
  otherFalseEmitter,
  falseResource: new FalseResource(),
  fromAnotherRealm: runInNewContext(
    `({ map: new Map([[1, {}]]), target: { next: { next: { next: null } } }, error: new Error('there') })`,
  ),
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
    drafts.set(drafts.size, {
      text,
      with: this.#own,
      over: new FalseResource(),
      otherFalseEmitter,
      proxy: everyProxy,
    });
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
