import { expect } from 'vitest';
import type { Observed } from './real-resources.ts';

/** What must be read of Node's own resources, the same on every version. */
export function expectStates(observed: Readonly<Record<string, Observed>>): void {
  const endsAs = (over: string): Observed => ({ open: 'open', over });
  expect(observed).toEqual({
    'Readable destroyed': endsAs('destroyed'),
    'Readable read to its end': endsAs('destroyed'),
    'Writable ended': endsAs('destroyed'),
    'Writable failed': endsAs('destroyed'),
    'Duplex destroyed': endsAs('destroyed'),
    'Duplex whose writing side ended': endsAs('open'),
    Gzip: endsAs('destroyed'),
    ReadStream: endsAs('destroyed'),
    'Server that is listening later': endsAs('open'),
    Server: endsAs('closed'),
    Socket: endsAs('destroyed'),
    'dgram Socket': endsAs('closed'),
    'http2 session': endsAs('destroyed'),
    'http request whose body is read': endsAs('open'),
    ServerResponse: endsAs('finished'),
    ClientRequest: endsAs('finished'),
    'http request': endsAs('finished'),
    'http response': endsAs('finished'),
    'ServerResponse whose client went away': endsAs('destroyed'),
    // It had come in whole.
    'and its request': { open: 'finished', over: 'finished' },
    Worker: endsAs('exited'),
    ChildProcess: endsAs('exited'),
    'ChildProcess that could not start': endsAs('exited'),
    FSWatcher: endsAs('closed'),
    StatWatcher: endsAs('closed'),
    FileHandle: endsAs('closed'),
    AbortSignal: endsAs('aborted'),
    readline: { open: 'no resource', over: 'closed' },
  });
}
