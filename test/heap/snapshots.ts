import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The bytes cut into chunks of one size, as a stream would bring them. */
export async function* chunked(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** What V8 writes about a process that runs `program`, a few MB. */
export function realSnapshot(program: string): Buffer {
  return realSnapshots([program])[0] ?? Buffer.alloc(0);
}

/** The same after each part of a program, all in one process. */
export function realSnapshots(parts: readonly string[]): Buffer[] {
  const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
  const files = parts.map((_, at) => join(directory, `${at}.heapsnapshot`));
  try {
    const program = parts.map(
      (part, at) => `${part};require('node:v8').writeHeapSnapshot(${JSON.stringify(files[at])})`,
    );
    execFileSync(process.execPath, ['-e', program.join(';')]);
    return files.map((file) => readFileSync(file));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * The same of a program in a file of its own, which writes them itself: `snapshot()` writes one, with numbers if asked. Its text is
 * where `file` says; `dispose` removes all.
 */
export function programSnapshots(
  name: string,
  text: string,
  options: { readonly exposeNumericValues?: boolean } = {},
): { readonly file: string; readonly snapshots: readonly string[]; dispose(): void } {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'leakline-heap-')));
  const file = join(directory, name);
  writeFileSync(file, text);
  const preload = join(directory, 'preload.cjs');
  const target = JSON.stringify(join(directory, 'at-'));
  writeFileSync(
    preload,
    `let written = 0; globalThis.snapshot = () => require('node:v8').writeHeapSnapshot(${target} + String(written++) + '.heapsnapshot', ${JSON.stringify(options)});`,
  );
  execFileSync(process.execPath, ['--require', preload, file]);
  const snapshots = readdirSync(directory).filter((one) => one.endsWith('.heapsnapshot'));
  return {
    file,
    snapshots: snapshots.sort().map((one) => join(directory, one)),
    dispose: () => rmSync(directory, { recursive: true }),
  };
}

/** A node as a test writes it; edges lead to ordinals. */
export type DrawnNode = {
  readonly name?: string;
  readonly type?: string;
  readonly selfBytes?: number;
  readonly edges?: readonly DrawnEdge[];
};
export type DrawnEdge = { readonly to: number; readonly type?: string; readonly name?: string };

export type SnapshotJson = {
  snapshot: {
    meta: { node_fields: string[]; node_types: unknown[]; edge_fields: string[]; edge_types: unknown[] };
    node_count: number;
    edge_count: number;
  };
  nodes: number[];
  edges: number[];
  strings: string[];
};

/** V8's text for a drawn heap. The fields stand in an order V8 does not use: offsets must come from the file. */
export function snapshotJson(nodes: readonly DrawnNode[]): SnapshotJson {
  const strings: string[] = [];
  const name = (text: string): number => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const edges = nodes.flatMap((node) => node.edges ?? []);
  return {
    snapshot: {
      meta: {
        node_fields: ['id', 'name', 'type', 'edge_count', 'self_size', 'unheard_of'],
        node_types: ['number', 'string', NODE_TYPES, 'number', 'number', 'number'],
        edge_fields: ['to_node', 'type', 'name_or_index'],
        edge_types: ['node', EDGE_TYPES, 'string_or_number'],
      },
      node_count: nodes.length,
      edge_count: edges.length,
    },
    nodes: nodes.flatMap((node, ordinal) => [
      idOf(ordinal),
      name(node.name ?? `n${ordinal}`),
      NODE_TYPES.indexOf(node.type ?? 'object'),
      node.edges?.length ?? 0,
      node.selfBytes ?? 1,
      7,
    ]),
    edges: edges.flatMap((edge) => [
      edge.to * 6,
      EDGE_TYPES.indexOf(edge.type ?? 'property'),
      name(edge.name ?? 'p'),
    ]),
    strings,
  };
}

export function idOf(ordinal: number): number {
  return ordinal * 2 + 1;
}

export function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document));
}

const NODE_TYPES = ['hidden', 'string', 'object', 'synthetic', 'native', 'closure', 'number', 'code'];
const EDGE_TYPES = ['context', 'property', 'internal', 'weak', 'shortcut'];
