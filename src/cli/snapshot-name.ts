/** As Node names its own, without what a name can't know. */
export function snapshotName(pid: number, now: Date): string {
  const [day = '', time = ''] = now.toISOString().replace(/[-:]/g, '').split('T');
  return `Heap.${day}.${time.slice(0, 6)}.${pid}.0.heapsnapshot`;
}
