/** V8 counts ids up, so a table by id is small; where a file's are sparse, they are sorted and searched. */
export function finderById(ids: Uint32Array): (id: number) => number {
  const max = ids.reduce((most, id) => Math.max(most, id), 0);
  if (max <= ids.length * TABLE_ENTRIES_PER_NODE) {
    const ordinalById = new Uint32Array(max + 1).fill(NOT_THERE);
    for (let node = ids.length - 1; node >= 0; node -= 1) ordinalById[ids[node]] = node;
    return (id) => (id > max ? NOT_THERE : ordinalById[id]);
  }
  const order = Uint32Array.from(ids.keys()).sort((a, b) => ids[a] - ids[b] || a - b);
  return (id) => {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ids[order[middle]] < id) low = middle + 1;
      else high = middle;
    }
    return low < order.length && ids[order[low]] === id ? order[low] : NOT_THERE;
  };
}

/** Stands for no place. */
export const NOT_THERE = 0xff_ff_ff_ff;

const TABLE_ENTRIES_PER_NODE = 16;
