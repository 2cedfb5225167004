import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installedNodes } from '../../bench/lib/nodes.ts';
import { redactText } from '../../src/capture/redaction.ts';
import { SnapshotRewriter } from '../../src/capture/snapshot-rewriter.ts';
import { type NodeOrdinal, readSnapshot } from '../../src/heap/index.ts';
import { secretsIn } from './canaries.ts';
import { inSnapshotTurn, SNAPSHOT_TURN_MS } from './snapshot-turn.ts';
import { cli, type RunningServer, startServer } from './processes.ts';

// A thousand secrets in everything a program can keep one in, on every Node that is supported: what leaves it has none.

const SECRETS = 1000;

describe.each(installedNodes())('Node $version', ({ path: node }) => {
  // Each looks like a name of code.
  const secrets = Array.from({ length: SECRETS }, () => `s${randomBytes(9).toString('hex')}`);
  let folder = '';
  let server: RunningServer;
  let redacted: Buffer;
  let everyByte: Buffer[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'canaries-'));
    server = await startServer('test/live/servers/secretive.mjs', {
      node,
      args: [`--token=${secrets[0]}`],
      env: { SECRETS: secrets.join(','), UNREAD: secrets[1] },
    });
    const { code, stdout, stderr } = await inSnapshotTurn(() =>
      cli([
        'snapshot',
        String(server.pid),
        '--out',
        join(folder, 'heap.heapsnapshot'),
        '--json',
        join(folder, 'account.json'),
        '--max-pause',
        '60000',
      ]),
    );
    expect(stderr).not.toContain('leakline:');
    expect(code).toBe(0);
    redacted = readFileSync(join(folder, 'heap.heapsnapshot'));
    everyByte = [
      ...readdirSync(folder).map((name) => readFileSync(join(folder, name))),
      Buffer.from(stdout + stderr + server.stderr()),
    ];
  }, SNAPSHOT_TURN_MS);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('no secret is in any byte of snapshot, sidecar, account and what was printed', () => {
    expect(everyByte.length).toBe(4);
    expect(everyByte.flatMap((bytes) => secretsIn(bytes.toString('latin1'), secrets))).toEqual([]);
  });

  test('with the same texts hidden, V8 keeps its nodes, edges, sizes and dominators', async () => {
    const file = join(folder, 'raw.heapsnapshot');
    await fetch(`http://127.0.0.1:${server.port}/raw?${encodeURIComponent(file)}`);
    const raw = readFileSync(file);
    // The secrets are there, where the other test does not find them.
    expect(new Set(secretsIn(raw.toString('latin1'), secrets)).size).toBe(SECRETS);
    const shown = new Set(stringsOf(redacted).filter((text) => !text.startsWith('~')));
    const rewriter = new SnapshotRewriter((text) => redactText(text, shown, hashed));
    const rewritten = Buffer.concat([...rewriter.feed(raw)]);
    rewriter.end();
    expect(secretsIn(rewritten.toString('latin1'), secrets)).toEqual([]);
    const [before, after] = [stringsOf(raw), stringsOf(rewritten)];
    expect(after.length).toBe(before.length);
    // Equal texts stay equal, different ones different.
    expect(new Set(after).size).toBe(new Set(before).size);
    expect(withoutStrings(rewritten)).toBe(withoutStrings(raw));
    const [ofRaw, ofRewritten] = [await dominatorsOf(raw), await dominatorsOf(rewritten)];
    expect(Buffer.compare(ofRewritten, ofRaw)).toBe(0);
  });
});

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 11);
}

function stringsOf(bytes: Buffer): string[] {
  return (JSON.parse(bytes.toString('latin1')) as { strings: string[] }).strings;
}

/** As a hash: numbers by the million are compared too slowly otherwise. */
function withoutStrings(bytes: Buffer): string {
  const { strings: _, ...rest } = JSON.parse(bytes.toString('latin1')) as { strings: string[] };
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** Of each node its dominator and what it keeps alive, as bytes. */
async function dominatorsOf(bytes: Uint8Array): Promise<Uint8Array> {
  const heap = await readSnapshot(
    (async function* () {
      yield bytes;
    })(),
  );
  const numbers = Float64Array.from({ length: 2 * heap.nodeCount }, (_, index) => {
    const node = (index >> 1) as NodeOrdinal;
    return index % 2 === 0 ? heap.retainedBytes(node) : (heap.dominator(node) ?? -1);
  });
  return new Uint8Array(numbers.buffer);
}
