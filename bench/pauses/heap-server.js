// A server with a heap of a given shape and size that leaks into it, slowly. It notes by itself how long its event loop was
// kept waiting: nobody else's account of a pause is needed. It does what its parent tells it over the channel of `fork`.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryObjects, writeHeapSnapshot } from 'node:v8';

const [shape, megabytes] = process.argv.slice(2);
const bytes = Number(megabytes) * 1e6;

/** A class of its own, so that V8 can be asked for its objects. */
class Order {
  constructor(id) {
    this.id = id;
    this.customer = { name: `customer ${id}`, city: id % 1000 };
    this.lines = [id, id + 1];
    this.next = null;
  }

  get size() {
    return this.lines.length;
  }
}

const MOST_KEYS = 1_000_000;
let isFilling = true;

/** What fills the heap, and what a request adds to it. Each keeps all it makes in one place. */
const shapes = {
  // Small objects in arrays of arrays: wide, and nothing that a look could stop at early.
  objects: () => {
    const pages = [];
    let page = [];
    return (id) => {
      page.push(new Order(id));
      if (page.length === 1000) {
        pages.push(page);
        page = [];
      }
      return pages;
    };
  },
  // One object used as a dictionary, filled to a million keys: that is some 300 MB. Beyond, each order gets others that belong
  // to it. What leaks is a key.
  dictionary: () => {
    const byKey = {};
    return (id) => {
      if (isFilling && id >= MOST_KEYS) {
        const order = byKey[`order ${id % MOST_KEYS}`];
        order.next = { order: new Order(id), next: order.next };
      } else {
        byKey[`order ${id}`] = new Order(id);
      }
      return byKey;
    };
  },
  // Linked lists of ten thousand.
  chains: () => {
    const heads = [];
    return (id) => {
      if (id % 10_000 === 0) heads.push(null);
      heads[heads.length - 1] = { value: new Order(id), next: heads.at(-1) };
      return heads;
    };
  },
  // Sessions in a Map, each with a Map of its own.
  sessions: () => {
    const sessions = new Map();
    return (id) => {
      sessions.set(id, { user: `user ${id}`, seen: id, basket: new Map([[id, new Order(id)]]) });
      return sessions;
    };
  },
};

const add = shapes[shape]();
let made = 0;
globalThis.kept = null;
while (made % 1000 !== 0 || process.memoryUsage().heapUsed < bytes) {
  globalThis.kept = add(made);
  made += 1;
}
globalThis.gc();
// What was garbage makes room for more.
while (process.memoryUsage().heapUsed < bytes * 0.97) {
  for (let i = 0; i < 1000; i += 1) globalThis.kept = add(made++);
}
isFilling = false;

let lateMs = 0;
let dueMs = performance.now() + 5;
setInterval(() => {
  const nowMs = performance.now();
  lateMs = Math.max(lateMs, nowMs - dueMs);
  dueMs = nowMs + 5;
}, 5);

let leaking = null;
const orders = {
  leak: () => {
    leaking = setInterval(() => {
      for (let i = 0; i < 20; i += 1) globalThis.kept = add(made++);
    }, 10);
  },
  still: () => clearInterval(leaking),
  /** The longest delay since it was last asked, in ms. */
  late: () => {
    const longest = lateMs;
    lateMs = 0;
    return longest;
  },
  objects: () => made,
  snapshot: () => {
    const file = join(tmpdir(), `pause-${process.pid}.heapsnapshot`);
    const startMs = performance.now();
    writeHeapSnapshot(file);
    const pauseMs = performance.now() - startMs;
    rmSync(file);
    return pauseMs;
  },
  query: () => {
    const startMs = performance.now();
    const count = queryObjects(Order, { format: 'count' });
    return { pauseMs: performance.now() - startMs, count };
  },
};

process.on('message', (order) => process.send({ value: orders[order]() ?? null }));
createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => {
  process.send({ value: process.memoryUsage().heapUsed });
});
