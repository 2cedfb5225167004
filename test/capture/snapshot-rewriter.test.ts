import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotRewriter, type SnapshotShape } from '../../src/capture/snapshot-rewriter.ts';

type Snapshot = {
  snapshot: object;
  nodes: number[];
  edges: number[];
  strings: string[];
  [section: string]: unknown;
};

function snapshotOf(strings: readonly string[], nodes = 2, edges = 1): Snapshot {
  return {
    snapshot: {
      meta: { node_fields: ['type', 'name', 'id'], edge_fields: ['type', 'name_or_index', 'to_node'] },
      node_count: nodes,
      edge_count: edges,
    },
    nodes: Array.from({ length: nodes * 3 }, (_, at) => at),
    edges: Array.from({ length: edges * 3 }, (_, at) => at * 7),
    trace_tree: [],
    locations: [1, 2, 3, 4],
    strings: [...strings],
  };
}

/** As V8 writes it: beyond ASCII and control characters escaped, a line break between numbers and strings. */
function written(snapshot: Snapshot): string {
  const ascii = (text: string): string =>
    JSON.stringify(text).replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const sections = Object.entries(snapshot).map(([name, value]) =>
    name === 'strings'
      ? `"strings":[${(value as string[]).map(ascii).join(',\n')}]`
      : `"${name}":${JSON.stringify(value)}`,
  );
  return `{${sections.join(',\n')}}\n`;
}

function rewrite(
  text: string | Uint8Array,
  how: (text: string) => string | null,
  cuts: readonly number[] = [],
): { text: string; shape: SnapshotShape } {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const rewriter = new SnapshotRewriter(how);
  const parts: Uint8Array[] = [];
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    // A copy of its own, so that what leaves is not read after the chunk was used again.
    const chunk = Buffer.from(bytes.subarray(from, end));
    parts.push(...rewriter.feed(chunk).map((part) => Buffer.from(part)));
    chunk.fill(0);
    from = end;
  }
  return { text: Buffer.concat(parts).toString('latin1'), shape: rewriter.end() };
}

const hide = (text: string): string | null => (text.startsWith('keep') ? null : `~${text.length}`);

describe('against JSON.parse', () => {
  test('only strings change, each by itself, wherever the chunks are cut', () => {
    const anyText = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('keep me', 'keep "quotes" \\ and \n', '', '\\', '"', '\\"', '],', '"]}'),
    );
    fc.assert(
      fc.property(fc.array(anyText), fc.array(fc.nat(), { maxLength: 12 }), (strings, cuts) => {
        const before = snapshotOf(strings);
        const { text, shape } = rewrite(written(before), hide, cuts);
        const after = JSON.parse(text) as Snapshot;
        expect(after).toEqual({ ...before, strings: strings.map((one) => hide(one) ?? one) });
        expect(shape).toEqual({
          nodes: 2,
          edges: 1,
          strings: strings.length,
          rewritten: strings.filter((one) => hide(one) !== null).length,
        });
      }),
      { numRuns: 300 },
    );
  });
  test('every single cut gives the same bytes', () => {
    const text = written(snapshotOf(['<dummy>', 'keep "x"', 'ä\\secret', '']));
    const whole = rewrite(text, hide).text;
    for (let cut = 0; cut <= text.length; cut += 1) expect(rewrite(text, hide, [cut]).text).toBe(whole);
  });
  test('what is kept leaves as the bytes it came as', () => {
    const text = written(snapshotOf(['keep \u0007 ü 😀', 'keep']));
    expect(rewrite(text, () => null).text).toBe(text);
  });
  test('text that is UTF-8 instead of escaped is read as such', () => {
    const text = JSON.stringify(snapshotOf(['grün']));
    const seen: string[] = [];
    rewrite(text, (one) => {
      seen.push(one);
      return null;
    });
    expect(seen).toEqual(['grün']);
  });
});

describe('what is not a whole snapshot is refused', () => {
  const whole = written(snapshotOf(['a', 'b']));
  test('cut at any byte', () => {
    const last = whole.lastIndexOf('}');
    for (let length = 0; length <= last; length += 1)
      expect(() => rewrite(whole.slice(0, length), hide), `after ${length} bytes`).toThrow(
        /SNAPSHOT|read as/,
      );
  });
  test.each([
    ['fewer nodes than announced', written({ ...snapshotOf(['a']), nodes: [1, 2, 3] })],
    ['more edges than announced', written({ ...snapshotOf(['a']), edges: [1, 2, 3, 4, 5, 6] })],
    ['something behind it', `${whole}x`],
    ['a section twice', whole.replace('"trace_tree"', '"nodes"')],
    ['text in another section', whole.replace('"locations":[1', '"locations":["secret",1')],
    ['a section that is text', whole.replace('"locations":[1,2,3,4]', '"locations":"secret"')],
    ['no strings', whole.replace('"strings"', '"string"')],
    ['no description', '{"nodes":[1],"edges":[],"strings":[]}'],
    ['something between strings', whole.replace('"a",', '"a"secret,')],
    ['another document', '[1,2,3]'],
  ])('%s', (_, text) => {
    expect(() => rewrite(text, hide)).toThrow();
  });
});

test('a hidden text leaves no byte of itself, escaped or not', () => {
  const canaries = Array.from({ length: 200 }, (_, at) => `canary-${at}-\u00e4"\\${'x'.repeat(at)}`);
  const { text } = rewrite(written(snapshotOf(canaries)), () => '~', [17, 301, 999]);
  expect(text).not.toContain('canary');
});
