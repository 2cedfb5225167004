// Each lease is to be given back when it is collected; but what gives it back keeps it. /sampled says whether somebody samples.
import { createServer } from 'node:http';
import { Session } from 'node:inspector';

const forgotten = new FinalizationRegistry((giveBack) => giveBack());
// ^^ held by

class Lease {
  #words;

  constructor(number) {
    this.#words = Array.from({ length: 60 }, (_, index) => `word ${number} ${index}`);
    forgotten.register(this, () => this.giveBack());
    // ^^ added at
  }

  giveBack() {
    return this.#words.splice(0).length;
  }
}

// As large a heap of small objects as is asked for: collecting that takes a while.
const ballast = Array.from({ length: Number(process.env.BALLAST ?? 0) }, (_, index) => ({
  index,
  list: [index],
}));

// Somebody else's profiler: V8 has one, so nobody else can use it meanwhile.
if (process.env.SAMPLED !== undefined) {
  const profiler = new Session();
  profiler.connect();
  profiler.post('HeapProfiler.startSampling');
}

let number = 0;
setInterval(() => new Lease(number++), Number(process.env.EVERY_MS ?? 5));

function isSampled() {
  const session = new Session();
  session.connect();
  let sampled = true;
  session.post('HeapProfiler.getSamplingProfile', (error) => (sampled = error === null));
  session.disconnect();
  return sampled;
}

const server = createServer((request, response) => {
  const answer = request.url === '/sampled' ? { sampled: isSampled() } : { ballast: ballast.length, number };
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
