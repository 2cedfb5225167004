import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSnapshot } from '../src/heap/index.ts';
import { launchChromium } from '../test/live/browser.ts';
import { scopePage, snapshotOf } from '../test/live/scope-program.ts';
import { installedNodes, majorOf } from './lib/nodes.ts';

// Of the same snapshots of Chromium, does leakline tell the unused captured variables that DevTools' own analyzer tells, and what does it cost?
// `npm run bench -- unused-variables [FILE…]`; without files, of the page that the tests know and of one with a large program. Writes
// bench/results/unused-variables.md.

const PEER = 'chrome-devtools-mcp@1.11.0';
const folder = resolve('.cache/heap/devtools');
const modulePath = join(
  folder,
  'node_modules/chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js',
);

type PeerAnswer = {
  readonly ms: number;
  readonly scopes: readonly {
    readonly contexts: readonly {
      readonly contextNodeId: number;
      readonly deadFields: readonly { readonly name: string; readonly valueNodeId: number }[];
    }[];
  }[];
};

const given = process.argv.slice(2);
installPeer();
const files = given.length > 0 ? given.map((file) => ({ name: file, file })) : await takeSnapshots();
const rows: string[] = [];
const notes: string[] = [];
for (const { name, file } of files) {
  rows.push(`| ${name} | ${(await compare(name, file)).join(' | ')} |`);
  console.log(rows.at(-1));
}
writeFileSync('bench/results/unused-variables.md', `${[...headLines(), ...rows, '', ...notes].join('\n')}\n`);

async function compare(name: string, file: string): Promise<(number | string)[]> {
  const heap = await readSnapshot(createReadStream(file), { sizeBytes: statSync(file).size });
  heap.retainedBytes(heap.root);
  globalThis.gc?.();
  const before = process.cpuUsage();
  const unused = heap.unusedVariables(Number.POSITIVE_INFINITY);
  const { user, system } = process.cpuUsage(before);
  if (!unused.isKnown) throw new Error(`${name}: ${unused.because}`);
  const peer = peerAnswer(file);
  const theirs = new Set(
    peer.scopes.flatMap(({ contexts }) =>
      contexts.flatMap(({ contextNodeId, deadFields }) =>
        deadFields.map((field) => `${contextNodeId} ${field.name} ${field.valueNodeId}`),
      ),
    ),
  );
  const ours = new Map(
    unused.variables.map((one) => [
      `${heap.node(one.context).id} ${one.name} ${heap.node(one.value).id}`,
      `${one.name} of ${one.scope.functionName ?? '(no function)'} in ${one.scope.url ?? '(evaluated)'}`,
    ]),
  );
  const onlyOurs = [...ours].filter(([key]) => !theirs.has(key));
  const onlyTheirs = [...theirs].filter((key) => !ours.has(key));
  if (onlyOurs.length > 0)
    notes.push(
      `- ${name}, told by leakline alone: ${[...new Set(onlyOurs.map(([, words]) => words))].slice(0, 10).join('; ')}.`,
    );
  if (onlyTheirs.length > 0)
    notes.push(
      `- ${name}, told by DevTools alone: ${[...new Set(onlyTheirs.map((key) => key.split(' ')[1]))].slice(0, 10).join(', ')}.`,
    );
  return [
    heap.nodeCount,
    ours.size,
    theirs.size,
    onlyOurs.length,
    onlyTheirs.length,
    `${Math.round((user + system) / 1000)} ms`,
    `${Math.round(peer.ms)} ms`,
  ];
}

/** In a Node that has what it needs, by itself. */
function peerAnswer(file: string): PeerAnswer {
  const node = installedNodes().find(({ version }) => majorOf(version) >= 22);
  if (node === undefined) throw new Error('DevTools needs Node 22; see scripts/node-versions.mjs');
  const script = `
    const { HeapSnapshotManager } = await import(${JSON.stringify(pathToFileURL(modulePath).href)});
    const manager = new HeapSnapshotManager();
    const file = ${JSON.stringify(resolve(file))};
    await manager.getSnapshot(file);
    const before = process.cpuUsage();
    const { scopes } = await manager.analyzeContexts(file);
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(JSON.stringify({ scopes, ms: (user + system) / 1000 }), () => process.exit());
  `;
  // In a file: DevTools' worker gets the options of its process, and would take those of a text on the command line for its own.
  const program = join(folder, 'analyze.mjs');
  writeFileSync(program, script);
  const { status, stdout, stderr } = spawnSync(node.path, [program], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`DevTools gave no answer: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as PeerAnswer;
}

async function takeSnapshots(): Promise<{ readonly name: string; readonly file: string }[]> {
  mkdirSync('.cache/heap', { recursive: true });
  const browser = await launchChromium();
  try {
    const taken = [];
    for (const name of ['tests', 'large'] as const) {
      const page = await browser.newPage();
      await scopePage(page);
      if (name === 'large') await page.addScriptTag({ content: largeProgram() });
      const file = resolve(`.cache/heap/scopes-${name}.heapsnapshot`);
      writeFileSync(file, await snapshotOf(await page.context().newCDPSession(page)));
      taken.push({
        name: name === 'tests' ? "the tests' page" : 'and 5,000 functions in one, 200,000 contexts',
        file,
      });
      await page.close();
    }
    return taken;
  } finally {
    await browser.close();
  }
}

/** As a bundler makes it: all modules in one function, whose variables they share; and objects with methods of their own. */
function largeProgram(): string {
  const modules = Array.from(
    { length: 5000 },
    (_, at) => `
      const part${at} = { at: ${at} };
      function use${at}() { return ${at % 3 === 0 ? '0' : `part${at}`}; }
      function make${at}(big, small) { const get = () => small; const never = () => big; return get; }
      all.push(use${at});
      for (let turn = 0; turn < 40; turn += 1) all.push(make${at}({ turn }, { turn }));`,
  );
  return `(() => { const all = []; globalThis.bundle = all; ${modules.join('')} })();`;
}

function installPeer(): void {
  if (existsSync(modulePath)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const { status, stderr } = spawnSync(
    'npm',
    ['install', PEER, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`DevTools could not be installed: ${stderr}`);
}

function headLines(): string[] {
  const { version } = JSON.parse(
    readFileSync(join(folder, 'node_modules/chrome-devtools-mcp/package.json'), 'utf8'),
  ) as { version: string };
  const day = new Date().toISOString().slice(0, 10);
  return [
    '# Unused captured variables, as leakline and as DevTools tell them',
    '',
    `\`npm run bench -- unused-variables\`, ${day}; leakline on Node ${process.versions.node}, DevTools' analyzer as chrome-devtools-mcp ${version} has it. Compared by V8's ids: the context, the variable's name and the value. Times are of the processor, once the dominators are there; DevTools' has the way to its worker and back in it.`,
    '',
    '| snapshot | nodes | leakline | DevTools | told by leakline alone | by DevTools alone | time leakline | time DevTools |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
  ];
}
