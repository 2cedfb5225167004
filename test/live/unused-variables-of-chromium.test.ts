import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redactText } from '../../src/capture/redaction.ts';
import { SnapshotRewriter } from '../../src/capture/snapshot-rewriter.ts';
import { readColumns } from '../../src/heap/format.ts';
import { type Heap, type NodeOrdinal, readSnapshot, type UnusedVariable } from '../../src/heap/index.ts';
import { readHeap } from '../../src/session/read-heap.ts';
import { chunked } from '../heap/snapshots.ts';
import { chromiumPath, launchChromium } from './browser.ts';
import {
  type ExpectedVariable as Expected,
  MODULE_PROGRAM,
  SCOPE_PROGRAM,
  scopePage,
  SLOPPY_PROGRAM,
  snapshotOf,
} from './scope-program.ts';

// No Node writes tables of scopes so far; Chromium does, and over the protocol as DevTools takes a snapshot.
describe.runIf(chromiumPath)('what is captured and used by nothing left, in a page that knows', () => {
  let browser: Browser;
  let blank: Buffer;
  let bytes: Buffer;
  let heap: Heap;
  let expected: readonly Expected[];

  beforeAll(async () => {
    browser = await launchChromium();
    const page = await browser.newPage();
    const protocol = await page.context().newCDPSession(page);
    blank = await snapshotOf(protocol);
    expected = await scopePage(page);
    bytes = await snapshotOf(protocol);
    heap = await readSnapshot(chunked(bytes, 65_536));
  }, 120_000);
  afterAll(() => browser.close());

  const ofProgram = (): UnusedVariable[] => {
    const unused = heap.unusedVariables(Number.POSITIVE_INFINITY);
    if (!unused.isKnown) throw new Error(unused.because);
    return unused.variables.filter(({ scope }) => scope.url?.startsWith('http://leakline.test/'));
  };
  const property = (node: NodeOrdinal, name: string): NodeOrdinal | undefined =>
    [...heap.edges(node)].find((edge) => edge.type === 'property' && edge.name === name)?.to;
  const labelOf = (node: NodeOrdinal): string => {
    const label = property(node, 'label');
    return label === undefined ? heap.node(node).name : heap.node(label).name;
  };

  test('is what the program says of itself, each variable of each context', () => {
    expect(expected.length).toBeGreaterThan(15);
    const told = ofProgram().map(({ name, scope, value, isOnlyHolder }) => ({
      within: scope.functionName,
      name,
      label: labelOf(value),
      isHeldElsewhere: !isOnlyHolder,
    }));
    const inOrder = (all: readonly Expected[]): Expected[] =>
      [...all].sort((a, b) => (a.label < b.label ? -1 : 1));
    expect(inOrder(told)).toEqual(inOrder(expected));
  });

  test('retains what its value has: a typed array of a size that is its own, and little else', () => {
    let measured = 0;
    for (const { value, retainedBytes } of ofProgram()) {
      const array = property(value, 'bytes');
      if (array === undefined) continue;
      const store = heap.backingStores().find(({ buffer }) => {
        const holder = [...heap.edges(array)].find(
          ({ name }) => name === 'buffer' || name === 'viewed_array_buffer',
        );
        return buffer !== null && holder?.to === buffer;
      });
      expect(store).toBeDefined();
      expect(retainedBytes).toBeGreaterThan(store?.bytes ?? 0);
      expect(retainedBytes).toBeLessThan((store?.bytes ?? 0) + 1000);
      measured += 1;
    }
    expect(measured).toBeGreaterThan(10);
  });

  test('is told by `leakline heap` with its function and line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
    try {
      const file = join(directory, 'page.heapsnapshot');
      writeFileSync(file, bytes);
      const summary = await readHeap(file);
      const unused = 'unusedVariables' in summary ? summary.unusedVariables : null;
      const lineOf = (text: string): number =>
        SCOPE_PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;
      const own = (unused?.largest ?? []).filter(
        ({ script }) => script === 'http://leakline.test/program.js',
      );
      expect(own.length).toBeGreaterThan(2);
      for (const one of own) {
        const { within } = expected.find(({ name }) => name === one.name) ?? {};
        expect(one.function).toBe(within);
        const head = new RegExp(`function\\*? ${within}\\(`).exec(SCOPE_PROGRAM)?.[0] ?? '';
        if (one.position?.isWithin === false) expect(one.position.line).toBe(lineOf(head));
      }
      expect(own.find(({ name }) => name === 'drops')).toMatchObject({ function: 'turns', contexts: 3 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('stays hidden in a redacted file, whose tables are the same and whose names are names of the code', async () => {
    const known = new Set(
      [
        ...(await stringsOf(blank)),
        ...(SCOPE_PROGRAM + SLOPPY_PROGRAM + MODULE_PROGRAM).split(/[^\w$]+/),
      ].filter((word) => !/^-?\d+$/.test(word) && !word.includes('canary')),
    );
    let hidden = 0;
    const hash = (): string => `${(hidden += 1)}`;
    const rewriter = new SnapshotRewriter((text) => redactText(text, known, hash));
    const redacted = Buffer.concat(rewriter.feed(bytes).map((part) => Buffer.from(part)));
    rewriter.end();
    expect(bytes.includes('canary-dead-1')).toBe(true);
    expect(redacted.includes('canary')).toBe(false);
    const [raw, shown] = await Promise.all([bytes, redacted].map((one) => readColumns(chunked(one, 65_536))));
    if (raw?.scopes == null || shown?.scopes == null) throw new Error('no tables');
    const { variableName, ...numbers } = shown.scopes;
    const { variableName: rawName, ...rawNumbers } = raw.scopes;
    expect(numbers).toEqual(rawNumbers);
    const names = (from: typeof raw, at: Uint32Array): string[] =>
      Array.from(at, (name) => from.strings.at(name));
    const rawNames = names(raw, rawName);
    expect(rawNames).toEqual(expect.arrayContaining(['dead', 'drops', 'spare']));
    names(shown, variableName).forEach((name, at) => {
      if (name !== rawNames[at]) expect(name).toMatch(/^~\d+~\d+$/);
    });
    expect(names(shown, variableName)).toEqual(expect.arrayContaining(['dead', 'drops']));
    const redactedHeap = await readSnapshot(chunked(redacted, 65_536));
    for (let node = 0; node < heap.nodeCount; node += 1) {
      if (redactedHeap.dominator(node as NodeOrdinal) !== heap.dominator(node as NodeOrdinal))
        throw new Error(`node ${node} has another dominator`);
    }
    // The numbers of scopes are texts beside their descriptions, and could be anybody's.
    expect(redactedHeap.unusedVariables()).toEqual({ isKnown: false, because: 'no numbers' });
  });
});

async function stringsOf(snapshot: Buffer): Promise<string[]> {
  const { strings } = await readColumns(chunked(snapshot, 65_536));
  return Array.from({ length: strings.count }, (_, at) => strings.at(at));
}
