import { type ClassTotal, classTotals, largestRetained } from './class-summary.ts';
import { type DominatorTree, dominatorTree, retainedSizes } from './dominator-tree.ts';
import { type HeapGraph, type NodeOrdinal, ROOT } from './heap-graph.ts';

export class Heap {
  readonly root: NodeOrdinal = ROOT;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly #graph: HeapGraph;
  #tree: DominatorTree | null = null;
  #retained: Float64Array | null = null;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.nodeCount = graph.nodeCount;
    this.edgeCount = graph.edgeCount;
  }

  retainedBytes(node: NodeOrdinal): number {
    return this.#retainedByOrdinal()[node];
  }

  classes(): ClassTotal[] {
    return classTotals(this.#graph, this.#dominators(), this.#retainedByOrdinal());
  }

  largest(limit: number): NodeOrdinal[] {
    return largestRetained(this.#graph, this.#retainedByOrdinal(), limit);
  }

  #dominators(): DominatorTree {
    return (this.#tree ??= dominatorTree(this.#graph));
  }

  #retainedByOrdinal(): Float64Array {
    return (this.#retained ??= retainedSizes(this.#graph, this.#dominators()));
  }
}
