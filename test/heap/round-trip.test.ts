import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HeapGrowthAnswer } from '../../src/report/heap-summary.ts';
import { readHeapGrowth } from '../../src/session/read-heap.ts';

/** Requests between two snapshots: before, after N, after 2N. */
const N = 120;

const SERVER = `'use strict';
const http = require('node:http');
const v8 = require('node:v8');
const answered = new Map(); // held
const recent = [];
function remember(id, request) {
  answered.set(id, { agent: request.headers['user-agent'], at: Date.now(), body: Buffer.alloc(8000, id).toString('latin1') }); // added
}
let served = 0;
const server = http.createServer((request, response) => {
  if (request.url.startsWith('/snapshot')) {
    v8.writeHeapSnapshot(decodeURIComponent(request.url.slice('/snapshot'.length)));
    response.end();
    return;
  }
  if (request.url === '/leak') remember('id-' + (served += 1), request);
  recent.push(Buffer.alloc(2000, 'r' + served).toString('latin1'));
  if (recent.length > 50) recent.shift();
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));
`;

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'leakline-heap-')));
const file = join(directory, 'server.cjs');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let server: ChildProcess;
let port: number;

beforeAll(async () => {
  writeFileSync(file, SERVER);
  server = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout === null) throw new Error('no output');
  const [output] = (await once(server.stdout, 'data')) as [Buffer];
  port = Number(String(output));
}, 60_000);

afterAll(() => {
  server.kill('SIGKILL');
  agent.destroy();
  rmSync(directory, { recursive: true });
});

describe('a server before, after N and after 2N requests', () => {
  test('that keeps something of each: the finding names the Map, the line, and N a step', async () => {
    const { findings, grownBytes } = await roundTrip('/leak');
    const [finding] = findings;
    expect(finding).toMatchObject({
      kind: expect.any(String) as string,
      retained: { count: 2 * N, type: 'Object' },
      heldBy: { name: 'answered', type: 'Map', size: 2 * N, location: { file, line: lineOf('held') } },
      addedAt: { location: { file, line: lineOf('added'), function: 'remember' } },
      growth: { entriesByFile: [0, N, 2 * N], addedByStep: [N, N], containers: 1 },
    });
    expect(finding?.growth.bytes).toBeGreaterThan(2 * N * 8000);
    expect(finding?.growth.bytes).toBeLessThanOrEqual(grownBytes);
    expect(finding?.growth.share).toBeGreaterThan(0.7);
  }, 120_000);

  test('that keeps nothing more: no container of the program gained in each step', async () => {
    const { findings, heldBack } = await roundTrip('/steady');
    const own = findings.filter(({ heldBy }) => heldBy.location?.file === file);
    expect(own).toEqual([]);
    expect(heldBack.some(({ key }) => /answered|recent/.test(key))).toBe(false);
  }, 120_000);
});

let rounds = 0;

/** Warmed up first, so that what a server needs to begin with is there before the first snapshot. */
async function roundTrip(path: string): Promise<HeapGrowthAnswer> {
  rounds += 1;
  for (let at = 0; at < 60; at += 1) await request('/warm-up');
  const files: string[] = [];
  for (let step = 0; step < 3; step += 1) {
    const snapshot = join(directory, `${rounds}-${step}.heapsnapshot`);
    files.push(snapshot);
    await request(`/snapshot${encodeURIComponent(snapshot)}`);
    if (step < 2) for (let at = 0; at < N; at += 1) await request(path);
  }
  return readHeapGrowth(files);
}

function request(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      response.resume();
      response.on('end', resolve);
    }).on('error', reject);
  });
}

function lineOf(mark: string): number {
  return SERVER.split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
}
