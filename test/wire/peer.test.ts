import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Peer, type PeerHandlers } from '../../src/wire/peer.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Two ends of a real connection. */
async function pair(
  right: PeerHandlers,
  left: PeerHandlers = {},
): Promise<{ left: Peer; right: Peer; raw: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const raw = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  server.close();
  sockets.push(raw, accepted);
  return { left: new Peer(raw, left), right: new Peer(accepted, right), raw };
}

test('answers belong to their questions, however they are ordered', async () => {
  const { left } = await pair({
    onCall: async (_, ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms as number));
      return ms;
    },
  });
  expect(await Promise.all([left.call('wait', 40), left.call('wait', 1), left.call('wait', 20)])).toEqual([
    40, 1, 20,
  ]);
});

test('what the other end throws rejects the call with its message, and the line goes on', async () => {
  const { left } = await pair({
    onCall: (method) => {
      if (method === 'fail') throw new Error('it broke');
      return 'fine';
    },
  });
  await expect(left.call('fail')).rejects.toThrow('it broke');
  expect(await left.call('other')).toBe('fine');
});

test('text is whole whatever it was cut into on the way', async () => {
  const received: unknown[] = [];
  const { right, raw } = await pair({ onEvent: (_, params) => received.push(params) });
  const bytes = Buffer.from(`${JSON.stringify({ event: 'e', params: 'grün 🌲\nLine' })}\n`);
  for (const byte of bytes) {
    raw.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(received).toEqual(['grün 🌲\nLine']);
  expect(right.closed).toBe(false);
});

test('a call without an answer rejects when the connection ends', async () => {
  const { left, right } = await pair({ onCall: () => new Promise(() => undefined) });
  const call = left.call('never');
  right.close();
  await expect(call).rejects.toThrow('the connection closed');
  await expect(left.call('after')).rejects.toThrow('the connection is closed');
});

test('who speaks something else is not listened to', async () => {
  const { raw, right } = await pair({});
  raw.write('GET / HTTP/1.1\r\n\r\n');
  await once(raw, 'close');
  expect(right.closed).toBe(true);
});

test('a reader that stands still costs a megabyte and no more', async () => {
  const { left, raw } = await pair({});
  raw.cork();
  let sent = 0;
  while (!left.closed && sent < 10_000_000) {
    left.notify('e', 'x'.repeat(10_000));
    sent += 10_000;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(left.closed).toBe(true);
  expect(sent).toBeLessThan(1_200_000);
});

test('a stream that throws when it is written to ends the line and reaches nobody', async () => {
  let isOver = false;
  const { left, raw } = await pair({}, { onClose: () => (isOver = true) });
  raw.write = () => {
    throw new Error('not for you');
  };
  expect(() => left.notify('tick', {})).not.toThrow();
  await once(raw, 'close');
  expect([left.closed, isOver]).toEqual([true, true]);
});

test('a call whose failure can not be told either ends the line alone', async () => {
  const { left, right, raw } = await pair(
    {},
    {
      onCall: () => {
        throw { toString: 'not a function' };
      },
    },
  );
  await expect(right.call('anything')).rejects.toThrow('the connection closed');
  expect(raw.destroyed).toBe(true);
  expect(left.closed).toBe(true);
});
