import { LeaklineError } from '../core/errors.ts';

/** What `attach` and `watch` are given: a pid, the address of an inspector, or two pids to be watched side by side. */
export type AttachTarget = number | string | readonly [number, number];

/** A number is a pid, never a port. What has a colon is an address, which is read where it is used. */
export function attachTargetFrom(texts: readonly string[]): AttachTarget {
  const [text = '', other, ...more] = texts;
  if (other === undefined) {
    return text.includes(':') ? text : pidFrom(text, ' or the address of its inspector (127.0.0.1:9229)');
  }
  if (more.length > 0) {
    throw usage(`Two processes can be watched side by side, not ${texts.length}: start one watch for each`);
  }
  const address = texts.find((word) => word.includes(':'));
  if (address !== undefined) {
    throw usage(
      `Side by side stand processes that are given by their pids, not by an inspector (${address})`,
    );
  }
  const [first, second] = [pidFrom(text), pidFrom(other)];
  if (first === second) throw usage(`Process ${first} is given twice: side by side stand two processes`);
  return [first, second];
}

export function pidFrom(text: string, orElse = ''): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid < 1) {
    throw usage(`A process is a pid (a whole number from 1)${orElse}, not "${text}"`);
  }
  return pid;
}

function usage(message: string): LeaklineError {
  return new LeaklineError('USAGE', { message });
}
