import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSnapshot } from '../../src/heap/index.ts';
import { type DominatorTwig, largestDominators } from '../../src/heap/largest-dominators.ts';
import { NO_DOMINATOR } from '../../src/heap/dominator-tree.ts';
import { factsByDeleting } from './by-deleting.ts';
import { bytesOf, chunked, type DrawnNode, snapshotJson } from './snapshots.ts';

const nodes: fc.Arbitrary<DrawnNode[]> = fc.integer({ min: 1, max: 24 }).chain((size) =>
  fc.array(
    fc.record({
      type: fc.constantFrom('object', 'object', 'object', 'synthetic', 'string'),
      selfBytes: fc.integer({ min: 0, max: 1000 }),
      edges: fc.array(fc.record({ to: fc.nat({ max: size - 1 }) }), { maxLength: 4 }),
    }),
    { minLength: size, maxLength: size },
  ),
);

test('the nodes that retain most, each below the nearest chosen one that dominates it, as deleting them shows', async () => {
  await fc.assert(
    fc.asyncProperty(nodes, fc.integer({ min: 0, max: 12 }), async (drawn, limit) => {
      const rooted = drawn.map((node, at) => (at === 0 ? { ...node, type: 'synthetic' } : node));
      const facts = factsByDeleting(rooted);
      const heap = await readSnapshot(chunked(bytesOf(snapshotJson(rooted)), 1000));
      const tree = largestDominators(heap, limit);

      const whole = facts.retained[0] ?? 0;
      const retained = (node: number): number => facts.retained[node] ?? 0;
      const dominator = (node: number): number => facts.dominators[node] ?? NO_DOMINATOR;
      expect(tree.retainedBytes).toBe(whole);
      const visible = (node: number): boolean =>
        node !== 0 && dominator(node) !== NO_DOMINATOR && retained(node) * 1000 >= whole;
      // Behind a node of V8's own that nobody could see, nothing is looked for, nor could it be seen.
      const candidates = [...rooted.keys()].filter(
        (node) => visible(node) && rooted[node]?.type !== 'synthetic',
      );
      // One with its dominator: it is all of what can be seen below that, and nearly all that that keeps.
      const isOneWithItsDominator = (node: number): boolean => {
        const above = dominator(node);
        const beside = [...rooted.keys()].filter((other) => visible(other) && dominator(other) === above);
        return (
          rooted[above]?.type !== 'synthetic' &&
          beside.length === 1 &&
          retained(node) >= 0.95 * retained(above)
        );
      };
      const first = candidates.filter((node) => !isOneWithItsDominator(node));
      const chosen = flat(tree);
      expect(chosen.length).toBe(Math.min(limit, first.length));
      expect(chosen.map(({ twig }) => twig.retainedBytes).sort((a, b) => b - a)).toEqual(
        first
          .map(retained)
          .sort((a, b) => b - a)
          .slice(0, limit),
      );
      const twigOf = new Map(
        chosen.flatMap(({ twig }) => twig.run.map((node) => [Number(node), twig] as const)),
      );
      for (const { twig, parent } of chosen) {
        const run = twig.run.map(Number);
        expect(twig.retainedBytes).toBe(retained(run[0] ?? 0));
        expect(run.map(isOneWithItsDominator)).toEqual(run.map((_, at) => at > 0));
        // It goes on for as long as it can.
        const last = run.at(-1) ?? 0;
        const below = candidates.filter((node) => dominator(node) === last);
        expect(below.some(isOneWithItsDominator)).toBe(false);
        let above = dominator(run[0] ?? 0);
        while (above > 0 && !twigOf.has(above)) above = dominator(above);
        expect(twigOf.get(above) ?? tree).toBe(parent);
        expect(twig.children.map(({ retainedBytes }) => retainedBytes)).toEqual(
          twig.children.map(({ retainedBytes }) => retainedBytes).toSorted((a, b) => b - a),
        );
      }
    }),
  );
});

test('a list of a hundred thousand links is one, and leaves room for the rest of the heap', async () => {
  const links = 100_000;
  const list = Array.from({ length: links }, (_, at) => ({
    type: 'object',
    name: 'Link',
    selfBytes: 10,
    edges: at === links - 1 ? [] : [{ to: at + 2 }],
  }));
  const other = { type: 'object', selfBytes: 200_000, edges: [] };
  const heap = await readSnapshot(
    chunked(
      bytesOf(
        snapshotJson([
          { type: 'synthetic', selfBytes: 0, edges: [{ to: 1 }, { to: links + 1 }] },
          ...list,
          other,
        ]),
      ),
      65_536,
    ),
  );
  const { children } = largestDominators(heap, 5);
  expect(children.map(({ retainedBytes }) => retainedBytes)).toEqual([1_000_000, 200_000]);
  // Down to the link that keeps less than a thousandth of the heap.
  expect(children[0]?.run.length).toBe(links - 119);
  expect(children[0]?.children).toEqual([]);
});

function flat(twig: DominatorTwig): { twig: DominatorTwig; parent: DominatorTwig }[] {
  return twig.children.flatMap((child) => [{ twig: child, parent: twig }, ...flat(child)]);
}
