import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { listInspectorTargets } from '../../src/wire/inspector-directory.ts';

async function listedFrom(answer: string): Promise<unknown> {
  const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await listInspectorTargets('127.0.0.1', (server.address() as AddressInfo).port, 2000);
  } finally {
    server.close();
  }
}

// Node writes the title of the program as it is.
test('a program with control characters in its name is listed like others', async () => {
  const target = '"webSocketDebuggerUrl": "ws://127.0.0.1:9229/x"';
  const listed = await listedFrom(`[ {\n  "title": "/srv/\u001b[31m\tapp.js",\n  ${target}\n} ]\n`);
  expect(listed).toMatchObject([{ webSocketDebuggerUrl: 'ws://127.0.0.1:9229/x' }]);
});

test('what is no list of targets is refused', async () => {
  await expect(listedFrom('{"title": "x"}')).rejects.toThrow('not a list of inspector targets');
  await expect(listedFrom('<html>')).rejects.toThrow('JSON');
});
