import { createServer } from 'node:net';
import { LeaklineError } from '../core/errors.ts';

/**
 * Held while a snapshot is taken: two at once would each be admitted with the same memory. Throws SNAPSHOT_BUSY if
 * another leakline of this machine (of this network namespace) holds it. A socket without a file, so the kernel lets
 * go of it however we end.
 */
export async function lockCapture(): Promise<{ release(): void }> {
  if (process.platform !== 'linux') return { release: () => undefined };
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? new LeaklineError('SNAPSHOT_BUSY', {}, { cause }) : cause);
    });
    server.listen('\0leakline-snapshot', resolve);
  });
  server.unref();
  return { release: () => server.close() };
}
