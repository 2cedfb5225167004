// A heap as servers have it, and its snapshot: `node server-like-heap.js RECORDS FILE`. A record with all that hangs on
// it is some twelve nodes: small objects of several classes, closures with their contexts, strings, numbers, arrays, Maps.
import { writeHeapSnapshot } from 'node:v8';

class Session {
  constructor(at) {
    this.id = at;
    this.user = new User(at);
    this.onClose = () => this.user.name + at;
    this.headers = { 'x-request-id': `request-${at}`, accept: 'text/html', host: this.user };
  }
  close() {
    this.onClose();
  }
}
class User {
  constructor(at) {
    this.name = `user ${at}`;
    this.score = at + 0.5;
    this.friends = [at, `friend of ${at}`];
  }
  greet() {
    return this.name;
  }
}
class Registry {
  byId = new Map();
  listeners = new Set();
  recent = [];
}

const [records, file] = process.argv.slice(2);
const registries = [];
for (let at = 0; at < Number(records); at += 1) {
  if (at % 200 === 0) registries.push(new Registry());
  const registry = registries.at(-1);
  const session = new Session(at);
  registry.byId.set(`key-${at}`, session);
  if (at % 4 === 0) registry.listeners.add(session.onClose);
  // Links across the heap, so that dominators are not simply parents.
  if (at % 8 === 0) registries[(at * 7919) % registries.length].recent.push(session.user);
}
globalThis.registries = registries;
writeHeapSnapshot(file);
