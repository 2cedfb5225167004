import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Heap, readSnapshot } from '../src/heap/index.ts';
import { installHeapPeers, PEERS } from './lib/heap-peers.ts';

// Do the readers that people have open what `leakline snapshot` wrote of a running server, and see the same in it? `npm run bench --
// redacted`. Each of the peers in a process of its own; what retains most is compared by V8's ids. Writes bench/results/redacted.md.

/** Sessions with texts that are nobody's business, kept in a Map. */
const SERVER = `
const http = require('node:http');
class Session {
  constructor(at) {
    this.token = 'secret-' + at + '-' + 'x'.repeat(200);
    this.history = Array.from({ length: 20 }, (_, turn) => ({ turn, text: this.token + turn }));
    this.close = () => this.token;
  }
}
const sessions = new Map();
for (let at = 0; at < 4000; at += 1) sessions.set('user-' + at, new Session(at));
http.createServer((request, response) => response.end(String(sessions.size))).listen(0, '127.0.0.1', () => console.log('listening'));
`;
/** V8's own roots apart; ids of what retains most. */
const LARGEST = 8;

type Seen = { readonly nodes: number; readonly largest: readonly number[] };

installHeapPeers();
const cache = resolve('.cache/heap');
mkdirSync(cache, { recursive: true });
const file = join(cache, 'redacted.heapsnapshot');
rmSync(file, { force: true });
const script = join(cache, 'redacted-server.cjs');
writeFileSync(script, SERVER);
const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
try {
  await once(server.stdout, 'data');
  const taken = spawnSync(
    process.execPath,
    ['dist/cli.js', 'snapshot', String(server.pid), '--out', file, '--max-pause', '60000'],
    {
      encoding: 'utf8',
    },
  );
  if (taken.status !== 0) throw new Error(`no snapshot: ${taken.stdout}${taken.stderr}`);
} finally {
  server.kill();
}

const heap = await readSnapshot(createReadStream(file), { sizeBytes: statSync(file).size });
const ours: Seen = { nodes: heap.nodeCount, largest: largestOf(heap) };
const rows = [
  row('leakline', ours),
  row('heap-snapshot-toolkit', seenBy(devtoolsProgram())),
  row('memlab', seenBy(memlabProgram())),
];
writeFileSync('bench/results/redacted.md', `${[...headLines(), ...rows].join('\n')}\n`);
console.log(rows.join('\n'));

function largestOf(of: Heap): number[] {
  return of.largest(LARGEST).map((node) => of.node(node).id);
}

function row(name: string, { nodes, largest }: Seen): string {
  const shared = largest.filter((id) => ours.largest.includes(id)).length;
  return `| ${name} | ${nodes} | ${shared} of ${LARGEST} | ${largest[0] === ours.largest[0] ? 'yes' : 'no'} |`;
}

function seenBy(program: string): Seen {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(cache, 'peers'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`a peer gave no answer: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout.slice(stdout.indexOf('{"nodes"'))) as Seen;
}

function devtoolsProgram(): string {
  return `
    import { createReadStream } from 'node:fs';
    const { parse } = await import('heap-snapshot-toolkit');
    const snapshot = await parse(createReadStream(${JSON.stringify(file)}, 'utf-8'));
    const { nodes, nodeFieldCount, nodeTypeOffset, nodeIdOffset, nodeSyntheticType } = snapshot;
    const all = Array.from({ length: snapshot.nodeCount }, (_, node) => node)
      .filter((node) => nodes.getValue(node * nodeFieldCount + nodeTypeOffset) !== nodeSyntheticType)
      .sort((a, b) => snapshot.retainedSizes[b] - snapshot.retainedSizes[a] || a - b)
      .slice(0, ${LARGEST});
    console.log(JSON.stringify({ nodes: snapshot.nodeCount, largest: all.map((node) => nodes.getValue(node * nodeFieldCount + nodeIdOffset)) }));
    process.exit(0);`;
}

function memlabProgram(): string {
  return `
    import { createRequire } from 'node:module';
    const require = createRequire(process.cwd() + '/package.json');
    const { config } = require('@memlab/core');
    const { getFullHeapFromFile } = require('@memlab/heap-analysis');
    config.muteConsole = true;
    const heap = await getFullHeapFromFile(${JSON.stringify(file)});
    const all = [];
    heap.nodes.forEach((node) => { if (node.type !== 'synthetic') all.push([node.retainedSize, all.length, node.id]); });
    all.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    console.log(JSON.stringify({ nodes: heap.nodes.length, largest: all.slice(0, ${LARGEST}).map(([, , id]) => id) }));
    process.exit(0);`;
}

function headLines(): string[] {
  return [
    '# A redacted snapshot in other readers',
    '',
    `\`npm run bench -- redacted\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}; ${PEERS.join(', ')}. A server with 4,000 sessions in a Map, as \`leakline snapshot\` writes it without \`--raw\`. Which nodes retain most is compared by V8's ids, the roots that V8 makes up left out; definitions differ (bench/results/heap-differences.md).`,
    '',
    '| reader | nodes | of those that retain most, in leakline’s | the first is the same |',
    '| --- | --: | --: | --- |',
  ];
}
