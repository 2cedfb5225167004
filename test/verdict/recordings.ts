import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { WatchedTick } from '../../src/verdict/watcher.ts';

/** What leakline's probe told of a real server, second by second, and where it came from. */
export type Recording = {
  /** `app/ok-lru-filling ok` */
  readonly name: string;
  readonly node: string;
  readonly limitBytes: number | null;
  readonly ticks: readonly WatchedTick[];
};

/** Servers of the galleries that do not leak, recorded by `npm run bench -- verdict record`. */
export function healthyRecordings(folder: string): readonly Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .map((name) => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8')) as Recording);
}
