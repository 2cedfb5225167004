'use strict';
// What a census is to reach. `grow` adds one to each; what the variables are called is how the test knows them.
const { AsyncLocalStorage } = require('node:async_hooks');
const { EventEmitter, setMaxListeners } = require('node:events');
const { Agent, createServer, get } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const shutdown = new AbortController();
const bus = new EventTarget();
// Without Node's warnings.
setMaxListeners(0, shutdown.signal, bus);
const parent = new AbortController();
const followers = [];
const jobs = new Map();
function startJob(number) {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', function onAbort() {});
  jobs.set(number, { number, controller });
  if (number % 2 === 0) controller.abort();
}

class Uploads {
  static #open = new Map();
  static begin(number) {
    const upload = new Uploads();
    Uploads.#open.set(number, upload);
    if (number % 2 === 0) upload.cancel();
  }
  #state = 'open';
  cancel() {
    this.#state = 'cancelled';
  }
  get isCancelled() {
    return this.#state === 'cancelled';
  }
}

class Base {
  #kept = [];
  keep(number) {
    this.#kept.push({ number });
  }
}
class Derived extends Base {}
const derived = new Derived();

let oldest = null;
let newest = null;
function append(number) {
  const change = { number, text: 'x'.repeat(50), next: null };
  if (newest === null) oldest = change;
  else newest.next = change;
  newest = change;
}

let head = null;
function prepend(number) {
  head = { number, below: head };
}

// Longer than a dictionary may be to be listed twice.
let longChain = null;
function lengthen(number) {
  longChain = { number, before: longChain };
}
for (let number = 0; number < 150_000; number += 1) lengthen(number);

// With more keys than are listed twice.
const offers = {};
for (let number = 0; number < 120_000; number += 1) offers[`offer ${number}`] = { number };
offers['offer 0'].readers = Array.from({ length: 20 }, (_, number) => ({ number }));

// As large, but its entries come and go.
const passing = {};
for (let number = 0; number < 120_000; number += 1) passing[`pass ${number}`] = { number };
function replacePassing() {
  for (let number = 0; number < 120_000; number += 1) {
    delete passing[`pass ${number}`];
    passing[`pass later ${number}`] = { number };
  }
}

// Collections of two types in one place, the second a dictionary.
const mixed = [
  new Map(Array.from({ length: 20 }, (_, number) => [number, { number }])),
  Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`key ${number}`, { number }])),
];

class Entry {
  constructor(number) {
    this.number = number;
    this.previous = null;
    this.following = null;
  }
  isFirst() {
    return this.previous === null;
  }
}
// A least recently used list: a Map and a chain of the same entries.
const entries = new Map();
let first = null;
let last = null;
function use(number) {
  const entry = new Entry(number);
  entry.previous = last;
  if (last === null) first = entry;
  else last.following = entry;
  last = entry;
  entries.set(number, entry);
}

// Of a ring there is no end.
const ring = { number: 0, after: null };
ring.after = ring;
function widen(number) {
  ring.after = { number, after: ring.after };
}

// What is not a chain: some versions, each with the one before it.
let version = null;
for (let number = 0; number < 5; number += 1) version = { number, before: version };

const requests = new AsyncLocalStorage();
class RequestContext {
  constructor() {
    this.spans = [];
  }
  isEmpty() {
    return this.spans.length === 0;
  }
}
// A request that waits for its answer: nothing but its connection leads to it.
let pending = null;
const agent = new Agent();
const server = createServer((request) => {
  request.seen = Array.from({ length: 40 }, (_, number) => ({ number }));
  pending = new WeakRef(request);
});
const ready = new Promise((resolve) => {
  server.once('request', () => resolve());
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    get({ port, host: '127.0.0.1', agent }).on('error', () => {});
  });
});
function connections() {
  return process._getActiveHandles().filter((handle) => handle.server === server && handle !== server);
}
function close() {
  agent.destroy();
  server.close();
  server.closeAllConnections();
}

// Nothing but a getter's closure leads to them, as to the router of Express 5.
const app = (() => {
  const routes = [];
  return Object.defineProperty({}, 'router', { enumerable: true, get: () => routes });
})();

// Nothing but a bound function leads to it.
class Hub {
  constructor() {
    this.members = [];
  }
  join(number) {
    this.members.push({ number });
  }
}
const join = (() => {
  const hub = new Hub();
  return hub.join.bind(hub);
})();

// Nothing but a proxy leads to it, and no trap may run.
const proxied = (() => {
  let traps = 0;
  const observers = [];
  const handler = new Proxy({}, { get: () => void (traps += 1) });
  return {
    observed: new Proxy({ observers }, handler),
    observe: new WeakRef(observers),
    trapped: () => traps,
  };
})();

// An event for each answer that is waited for.
const replies = new EventEmitter();

let total = 0;

function grow() {
  total += 1;
  shutdown.signal.addEventListener('abort', () => total);
  bus.addEventListener('news', { handleEvent: () => total });
  const follower = AbortSignal.any([parent.signal]);
  follower.addEventListener('abort', () => total);
  followers.push(follower);
  startJob(total);
  Uploads.begin(total);
  derived.keep(total);
  append(total);
  prepend(total);
  lengthen(total);
  use(total);
  widen(total);
  app.router.push({ total });
  join(total);
  proxied.observe.deref().push({ total });
  replies.once(`reply ${total}`, () => total);
  offers[`offer of ${total}`] = { number: total };
  offers['offer 0'].readers.push({ total });
  context.deref().spans.push({ total });
  if (total === 41) replacePassing();
  if (total > 40) pending.deref().seen.push({ total });
}

// An interval of the program's own that was begun in a context.
class BeatContext {
  constructor() {
    this.beats = Array.from({ length: 20 }, (_, number) => ({ number }));
  }
  count() {
    return this.beats.length;
  }
}
requests.run(new BeatContext(), () => {
  setInterval(() => requests.getStore().count(), 1000).unref();
});

// Nothing but the loop has the context; a weak reference lets it grow.
let context = null;
requests.run(new RequestContext(), () => {
  context = new WeakRef(requests.getStore());
  void (async () => {
    for (;;) await sleep(20, null, { ref: false });
  })();
});

const peek = () => [first, version, entries, oldest, head, longChain, offers, passing, replacePassing, mixed];
// A census begins with what is `kept`.
module.exports = { ready, connections, close, grow, trapped: proxied.trapped, kept: { grow, peek } };
