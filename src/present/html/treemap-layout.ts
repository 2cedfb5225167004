/** A rectangle of a treemap, in the unit of the frame. */
export type TreemapBox = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/**
 * Rectangles in a frame, each as large as its size, in the order of the sizes, which must fall. They may sum up to less than
 * `wholeSize`; what is missing stays free at the end.
 *
 * Squarified (Bruls, Huizing and van Wijk 2000, "Squarified Treemaps"): rows are laid along the shorter side of what is free, and
 * a row takes the next rectangle as long as its worst proportion gets no worse by that. Slices, the simpler way, are slivers that
 * nobody can compare or point at.
 */
export function squarify(sizes: readonly number[], wholeSize: number, frame: TreemapBox): TreemapBox[] {
  const scale = (frame.width * frame.height) / wholeSize;
  const areas = sizes.map((size) => size * scale);
  const boxes: TreemapBox[] = [];
  let free = frame;
  let at = 0;
  while (at < areas.length) {
    const side = Math.min(free.width, free.height);
    let sum = areas[at] ?? 0;
    let end = at + 1;
    for (; end < areas.length; end += 1) {
      const longer = sum + (areas[end] ?? 0);
      if (worst(areas, at, end + 1, longer, side) > worst(areas, at, end, sum, side)) break;
      sum = longer;
    }
    const thickness = side === 0 ? 0 : sum / side;
    const isUpright = free.height <= free.width;
    let offset = 0;
    for (; at < end; at += 1) {
      const length = thickness === 0 ? 0 : (areas[at] ?? 0) / thickness;
      boxes.push(
        isUpright
          ? { x: free.x, y: free.y + offset, width: thickness, height: length }
          : { x: free.x + offset, y: free.y, width: length, height: thickness },
      );
      offset += length;
    }
    free = isUpright
      ? { ...free, x: free.x + thickness, width: Math.max(0, free.width - thickness) }
      : { ...free, y: free.y + thickness, height: Math.max(0, free.height - thickness) };
  }
  return boxes;
}

/** The worst proportion of a row: of its first, which is the largest, or of its last. */
function worst(areas: readonly number[], from: number, end: number, sum: number, side: number): number {
  const largest = areas[from] ?? 0;
  const smallest = areas[end - 1] ?? 0;
  const square = side * side;
  return Math.max((square * largest) / (sum * sum), (sum * sum) / (square * smallest));
}
