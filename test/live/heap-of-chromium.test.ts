import { expect, test } from 'vitest';
import type { NodeOrdinal } from '../../src/heap/index.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { chunked } from '../heap/snapshots.ts';
import { chromiumPath, launchChromium } from './browser.ts';

const PLANTED = 1234;

// As DevTools takes it, over the same protocol. Edge and Electron are the same V8 and Blink.
test.runIf(chromiumPath)('a snapshot of a page in Chromium has what the page made', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.evaluate(`{
      class Planted { element = document.createElement('li'); }
      globalThis.kept = Array.from({ length: ${PLANTED} }, () => new Planted());
      for (let at = 0; at < 7; at += 1) document.body.append(document.createElement('h3'));
    }`);
    const protocol = await page.context().newCDPSession(page);
    const chunks: string[] = [];
    protocol.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
    await protocol.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    const bytes = Buffer.from(chunks.join(''));
    const announced = JSON.parse(bytes.toString('utf8')) as {
      snapshot: { node_count: number; edge_count: number };
    };
    const heap = await readSnapshot(chunked(bytes, 65_536));
    expect([heap.nodeCount, heap.edgeCount]).toEqual([
      announced.snapshot.node_count,
      announced.snapshot.edge_count,
    ]);
    const countOf = (name: string): number | undefined =>
      heap.classes().find((described) => described.name === name)?.count;
    expect(countOf('Planted')).toBe(PLANTED);
    expect(countOf('<li>')).toBe(PLANTED);
    expect(countOf('<h3>')).toBe(7);
    const detached = heap.detached();
    expect(detached.find(({ name }) => name === '<li>')).toMatchObject({ count: PLANTED });
    expect(detached.some(({ name }) => name === '<h3>')).toBe(false);
    expect(heap.retainedBytes(0 as NodeOrdinal)).toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});
