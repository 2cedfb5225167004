import { type ClassTotal, classTotals, largestRetained } from './class-summary.ts';
import { type DominatorTree, dominatorTree } from './dominator-tree.ts';
import { type HeapGraph, type NodeOrdinal, ROOT } from './heap-graph.ts';

export class Heap {
  readonly root: NodeOrdinal = ROOT;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly #graph: HeapGraph;
  #tree: DominatorTree | null = null;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.nodeCount = graph.nodeCount;
    this.edgeCount = graph.edgeCount;
  }

  retainedBytes(node: NodeOrdinal): number {
    return this.#dominators().retainedByOrdinal[node];
  }

  classes(): ClassTotal[] {
    return classTotals(this.#graph, this.#dominators());
  }

  largest(limit: number): NodeOrdinal[] {
    return largestRetained(this.#graph, this.#dominators().retainedByOrdinal, limit);
  }

  #dominators(): DominatorTree {
    return (this.#tree ??= dominatorTree(this.#graph));
  }
}
