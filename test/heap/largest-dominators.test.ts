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
      expect(tree.retainedBytes).toBe(whole);
      const visible = (node: number): boolean =>
        node !== 0 && facts.dominators[node] !== NO_DOMINATOR && (facts.retained[node] ?? 0) * 1000 >= whole;
      // Behind a node of V8's own that nobody could see, nothing is looked for, nor could it be seen.
      const candidates = [...rooted.keys()].filter(
        (node) => visible(node) && rooted[node]?.type !== 'synthetic',
      );
      const chosen = flat(tree);
      expect(chosen.length).toBe(Math.min(limit, candidates.length));
      const sizes = candidates.map((node) => facts.retained[node] ?? 0).sort((a, b) => b - a);
      expect(chosen.map(({ twig }) => twig.retainedBytes).sort((a, b) => b - a)).toEqual(
        sizes.slice(0, limit),
      );
      const isChosen = new Set(chosen.map(({ twig }) => twig.node as number));
      for (const { twig, parent } of chosen) {
        let above = facts.dominators[twig.node as number] ?? NO_DOMINATOR;
        while (above !== NO_DOMINATOR && above !== 0 && !isChosen.has(above)) {
          above = facts.dominators[above] ?? NO_DOMINATOR;
        }
        expect(parent.node ?? 0).toBe(above);
        expect(twig.children.map(({ retainedBytes }) => retainedBytes)).toEqual(
          twig.children.map(({ retainedBytes }) => retainedBytes).toSorted((a, b) => b - a),
        );
      }
    }),
  );
});

function flat(twig: DominatorTwig): { twig: DominatorTwig; parent: DominatorTwig }[] {
  return twig.children.flatMap((child) => [{ twig: child, parent: twig }, ...flat(child)]);
}
