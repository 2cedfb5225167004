// Keeps what it is sent behind functions that were made at run time, as packages wrap their functions to warn of their use.
import { createServer } from 'node:http';

const wrapping = 'log, fn, name';
const wrapped = '"use strict"\nreturn function () {\nlog(name)\nreturn fn.apply(this, arguments)}';

const log = new Set();
const kept = new Map();

function keep(key) {
  return kept.set(key, { key });
}

// oxlint-disable-next-line typescript/no-implied-eval
const made = new Function(wrapping, wrapped)((name) => log.add(name), keep, 'keep');
// Where the walk begins: what the handler captures.
const server = createServer((request, response) => {
  made(`${request.url} ${kept.size}`);
  response.end('ok');
});

for (let number = 0; number < 100; number += 1) made(`first ${number}`);
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
