import { LeaklineError } from '../core/errors.ts';

/** Ends the reading of what is no whole snapshot: what is wrong, and at which byte it was seen. */
export function unreadable(message: string, offset: number, cause?: unknown): never {
  throw new LeaklineError('SNAPSHOT_UNREADABLE', { offset, message }, { cause });
}

export function quoteByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16)}`;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
