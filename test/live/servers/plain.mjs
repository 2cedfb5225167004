// A server that keeps an account of itself: what an inspector or an agent would leave in it shows at /self.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';

const kept = [];
const drafts = new Map();
const bus = new EventEmitter();
bus.on('tick', () => drafts.size);
setInterval(() => bus.emit('tick'), 200);

/** Own properties of everything a census or a trap could have touched. */
function self() {
  const properties = (object) => Reflect.ownKeys(object).map(String).sort();
  return {
    globals: properties(globalThis),
    errorProperties: properties(Error),
    mapProperties: properties(drafts),
    prototypeOfMap: properties(Map.prototype),
    busListeners: bus.eventNames().map((name) => [name, bus.listenerCount(name)]),
    processListeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    resources: process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'TCPSocketWrap')
      .sort(),
    gc: typeof globalThis.gc,
  };
}

function lines(count) {
  return Array.from({ length: count }, (_, index) => `line ${index} of draft ${kept.length}`);
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/self') return response.end(JSON.stringify(self()));
  if (pathname === '/exit') {
    response.end('{}');
    return setTimeout(() => process.exit(3), 50);
  }
  if (pathname === '/throw') {
    response.end('{}');
    return setTimeout(() => {
      throw new Error('on purpose');
    }, 50);
  }
  // Each draft is kept: this server leaks. A long one is some 15 KB.
  const text = pathname === '/long' ? lines(400) : 'x'.repeat(2000);
  drafts.set(kept.length, { title: `draft ${kept.length}`, text });
  kept.push(1);
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
