import { createServer } from 'node:net';

/** A name that is ours until it is let go, or we end in whatever way. */
export type HeldName = { release(): void };

/**
 * Takes a name that one process of this machine (of this network namespace) can have at a time; `null` if another has it. A socket
 * without a file, so the kernel lets go of it however we end. Linux alone has such: elsewhere everybody gets it.
 */
export async function holdName(name: string): Promise<HeldName | null> {
  if (process.platform !== 'linux') return { release: () => undefined };
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') resolve(null);
      else reject(cause);
    });
    // Of the whole length, because Node 20 fills a shorter name with zeros and newer versions do not.
    server.listen(`\0${name.padEnd(NAME_BYTES, '-')}`, () => {
      server.unref();
      resolve({ release: () => server.close() });
    });
  });
}

/** `sun_path` of Linux (unix(7)) without the zero that it begins with. */
const NAME_BYTES = 107;
