import type { AllocationProfile } from '../core/allocations.ts';
import { type AllocationNode, allocationTree } from './allocation-tree.ts';

/**
 * A profile of sampled allocations as V8 writes them (`.heapprofile`): for Chrome's Memory tab, VS Code and speedscope.
 * The bytes of all nodes are `profile.liveBytes`.
 */
export function toHeapProfile(profile: AllocationProfile): string {
  const samples: HeapProfileSample[] = [];
  let nodes = 0;
  const write = (node: AllocationNode): HeapProfileNode => {
    nodes += 1;
    const id = nodes;
    // V8 numbers samples as it takes them; known is in which part of the window each was taken.
    node.bytesByAge.forEach((size, age) => {
      if (size > 0) samples.push({ size, nodeId: id, ordinal: age + 1 });
    });
    const { frame } = node;
    return {
      callFrame: {
        functionName: frame === null ? '(root)' : frame.function,
        // V8's number of the script means nothing outside its process.
        scriptId: '0',
        url: frame?.url ?? '',
        lineNumber: frame?.line ?? -1,
        columnNumber: frame?.column ?? -1,
      },
      selfSize: node.selfBytes,
      id,
      children: node.children.map(write),
    };
  };
  const head = write(allocationTree(profile));
  samples.sort((a, b) => a.ordinal - b.ordinal);
  return JSON.stringify({ head, samples });
}

/** Of the inspector protocol, `HeapProfiler.SamplingHeapProfile`. */
type HeapProfileNode = {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapProfileNode[];
};
type HeapProfileSample = { readonly size: number; readonly nodeId: number; readonly ordinal: number };
