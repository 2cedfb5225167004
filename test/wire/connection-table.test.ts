import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { answerFromTables, isConnectedIn } from '../../src/wire/connection-table.ts';

const table = (): string => readFileSync('/proc/self/net/tcp', 'latin1');

test.runIf(process.platform === 'linux')('who is connected, and who was', async () => {
  const server = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(isConnectedIn(table(), port)).toBe(false);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  const [socket] = await accepted;
  expect(isConnectedIn(table(), port)).toBe(true);
  client.end();
  await once(socket, 'close');
  // What is left of it in the table waits for its end, on the client's side.
  await expect.poll(() => isConnectedIn(table(), port)).toBe(false);
  server.close();
});

test('a client that has left while Node has not noticed counts, another port does not', () => {
  const line = (port: string, state: string): string =>
    `   0: 0100007F:${port} 0100007F:C350 ${state} 00000000:00000000 00:00000000 00000000 0 0 1`;
  const head = '  sl  local_address rem_address   st';
  expect(isConnectedIn([head, line('240D', '08')].join('\n'), 9229)).toBe(true);
  expect(isConnectedIn([head, line('240D', '06')].join('\n'), 9229)).toBe(false);
  expect(isConnectedIn([head, line('240E', '01')].join('\n'), 9229)).toBe(false);
});

test('who has short tables had better look itself, unless somebody is there', () => {
  const line = (port: string): string =>
    `   0: 0100007F:${port} 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 1\n`;
  const crowded = line('240E').repeat(4000);
  expect(answerFromTables(['', line('240E')], 9229)).toBe(null);
  expect(answerFromTables([crowded, ''], 9229)).toBe(false);
  expect(answerFromTables(['', line('240D')], 9229)).toBe(true);
  expect(answerFromTables([crowded, line('240D')], 9229)).toBe(true);
});
