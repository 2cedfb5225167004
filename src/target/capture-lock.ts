import { LeaklineError } from '../core/errors.ts';
import { type HeldName, holdName } from './held-name.ts';

/**
 * Held while a snapshot is taken: two at once would each be admitted with the same memory. Throws SNAPSHOT_BUSY if
 * another leakline of this machine (of this network namespace) holds it.
 */
export async function lockCapture(): Promise<HeldName> {
  const held = await holdName('leakline-snapshot-');
  if (held === null) throw new LeaklineError('SNAPSHOT_BUSY', {});
  return held;
}
