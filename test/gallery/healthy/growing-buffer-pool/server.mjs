// Compresses documents with a pool of work areas. The pool grows by one whenever all are in use, and never shrinks:
// with the traffic it grows in steps during the first 20 s, and then it is large enough.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const AREA_BYTES = 128 * 1024;
const idle = [];
let areas = 0;

function take() {
  const area = idle.pop();
  if (area !== undefined) return area;
  areas += 1;
  return { number: areas, bytes: Buffer.alloc(AREA_BYTES), index: new Array(2000).fill(0) };
}

const server = createServer(async (request, response) => {
  const area = take();
  try {
    let length = 0;
    for await (const chunk of request) length += chunk.copy(area.bytes, length);
    for (let at = 0; at < area.index.length; at += 1) area.index[at] = (at * length) % 4096;
    // The document store answers after a while, and the area is busy until then.
    await sleep(150);
    response.end(gzipSync(area.bytes.subarray(0, length)));
  } finally {
    idle.push(area);
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
