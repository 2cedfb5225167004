import { expect, test } from 'vitest';
import { rootShape, tally } from '../../src/census/shape-tree.ts';

test('of many containers at one place the largest is among the few that are kept', () => {
  for (const at of [0, 15, 16, 60, 99]) {
    const shape = rootShape('modules');
    const containers = Array.from({ length: 100 }, (_, index) =>
      Array.from({ length: index === at ? 900 : 3 }),
    );
    for (const container of containers) tally(shape, 'Array', container.length, 1, container, 0);
    const kept = shape.container?.refs.map((ref) => ref.deref()) ?? [];
    expect(kept).toContain(containers[at]);
    expect(kept.length).toBe(16);
    expect(shape.container?.trapped.map((ref) => ref.deref())).toEqual(kept);
    expect(shape.container).toMatchObject({ instances: 100, size: 900 + 99 * 3 });
  }
});
