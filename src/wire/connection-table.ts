/**
 * Whether a table of the kernel's (`/proc/net/tcp`) has a connection to the port that Node's inspector still knows of. The same code
 * runs inside the target and outside.
 */
export function isConnectedIn(table: string, port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').some((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local?.endsWith(wanted) === true && CONNECTED.has(state ?? '');
  });
}

/**
 * States of the kernel's table in which Node has a connection, or is about to: established, being made, and left by the
 * client while Node's inspector thread has not noticed. Shut then, Node 20 and 22 may end with a segmentation fault
 * (docs/decisions/0007-answer-before-leaving.md). In all others nobody of Node's is left.
 */
const CONNECTED = new Set(['01', '03', '08']);
