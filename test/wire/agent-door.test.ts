import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentDoor, openAgentDoor } from '../../src/wire/agent-door.ts';
import { HandlerRelay } from '../../src/wire/handler-relay.ts';
import { Peer } from '../../src/wire/peer.ts';

let folder: string;
let door: AgentDoor;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'door-'));
  door = await openAgentDoor(join(folder, 'socket'));
});
afterEach(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

test('an agent that has shown the token asks, and is answered by the reader of its line', async () => {
  const relay = new HandlerRelay();
  const accepted = door.accept(relay.handlers, 5000);
  const agent = new Peer(connect(door.socketPath), {});
  agent.notify('hello', { token: door.token });
  await accepted;
  relay.connect({ onCall: (method, params) => `${method} of ${String(params)}` });
  expect(await agent.call('find', 'scripts')).toBe('find of scripts');
});

test('whoever has not shown it is told nothing', async () => {
  const asked: string[] = [];
  void door.accept({ onCall: (method) => asked.push(method) }, 5000).catch(() => undefined);
  const stranger = new Peer(connect(door.socketPath), {});
  expect(await stranger.call('find')).toBe(null);
  expect(asked).toEqual([]);
  stranger.close();
});
