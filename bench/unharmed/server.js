// What the cases of bench/unharmed do things to. One text for a CommonJS and an ES module, so it imports nothing.
/* global process, setInterval, setTimeout, clearInterval, setImmediate, WeakRef, console, URL */
const { createServer } = process.getBuiltinModule('node:http');
const { Session } = process.getBuiltinModule('node:inspector');

const drafts = new Map();
const logged = [];
let lines = 0;
let session = null;

// An open inspector would keep what is printed: each line prints an object of its own.
function print() {
  const object = { line: lines++ };
  logged.push(new WeakRef(object));
  console.log(object);
}
const printing = process.env.PRINT === 'yes' ? setInterval(print, 10) : null;
const growing = setInterval(() => drafts.set(drafts.size, { text: 'x'.repeat(100) }), 5);

if (process.env.ON_SIGTERM === 'exit') process.on('SIGTERM', () => process.exit(5));

const answerByPath = {
  '/': () => 'ok',
  '/exit': () => void setImmediate(() => process.exit(3)),
  '/throw': () =>
    void setImmediate(() => {
      throw new Error('on purpose');
    }),
  '/natural': () => {
    clearInterval(printing);
    clearInterval(growing);
    process.exitCode = 4;
    setImmediate(() => {
      server.close();
      server.closeAllConnections();
    });
  },
  // A line for everything that a visit could leave on an object that a visitor touches.
  '/self': () => [
    ...Object.entries({ globalThis, Error, 'Map.prototype': Map.prototype, drafts, process }).flatMap(
      ([name, object]) => Reflect.ownKeys(object).map((key) => `${name}.${String(key)}`),
    ),
    ...process.eventNames().map((name) => `${process.listenerCount(name)} ${String(name)} listeners`),
    ...process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'TCPSocketWrap')
      .map((name, index) => `resource ${index}: ${name}`),
  ],
  '/sampler/start': () => {
    session = new Session();
    session.connect();
    session.post('HeapProfiler.enable');
    session.post('HeapProfiler.startSampling', { samplingInterval: 4096 });
    return 'started';
  },
  '/sampler/bytes': () => {
    let bytes = -1;
    session.post('HeapProfiler.getSamplingProfile', (error, answer) => {
      const sum = (node) => node.selfSize + node.children.reduce((total, child) => total + sum(child), 0);
      if (error === null) bytes = sum(answer.profile.head);
    });
    return bytes;
  },
  // Kept, so that a sampler that still runs has something to show for it.
  '/allocate': () => {
    for (let i = 0; i < 2000; i += 1)
      drafts.set(`kept ${drafts.size}`, { list: Array.from({ length: 100 }, () => i) });
    return 'ok';
  },
};

/** How many of the objects printed until now are still alive. `deref` keeps an object for the rest of its turn. */
function countAlive(done) {
  const until = logged.length;
  setImmediate(() => {
    globalThis.gc();
    setImmediate(() => {
      globalThis.gc();
      setImmediate(() => {
        const alive = logged.slice(0, until).filter((reference) => reference.deref() !== undefined).length;
        logged.splice(0, until);
        done(alive);
      });
    });
  });
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  response.setHeader('connection', 'close');
  if (pathname === '/alive') {
    countAlive((alive) => response.end(JSON.stringify(alive)));
    return;
  }
  const answer = answerByPath[pathname]();
  response.end(JSON.stringify(answer ?? null));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${server.address().port}\n`);
});
