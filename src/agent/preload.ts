import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { install } from './main.ts';

/**
 * `leakline run` starts the program with this file preloaded. It reads where to connect from the environment and puts
 * the environment back, so the program and the children it starts see what they would have seen without us.
 */
const text = process.env.LEAKLINE_AGENT;
if (text !== undefined && isMainThread) {
  try {
    const order = JSON.parse(text) as { socketPath: string; token: string; nodeOptions: string | null };
    const launcher = isInstalled(process.argv[1]);
    // What may be a launcher passes the order on to the program it starts; a program passes nothing on.
    if (!launcher) {
      delete process.env.LEAKLINE_AGENT;
      if (order.nodeOptions === null) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = order.nodeOptions;
    }
    install(createRequire(__filename), { ...order, closeInspector: false, launcher, script: __filename });
  } catch {
    // An order left over from somewhere else: the program starts as it would without it.
  }
}

/**
 * Whether a script is a package's and not the developer's: where npm and its like install (`node_modules`; Debian's
 * /usr/share/nodejs), or keep what they download (a directory with a dot: .yarn/releases, .cache/node/corepack).
 */
function isInstalled(script: string | undefined): boolean {
  if (script === undefined) return false;
  let path = script;
  try {
    path = realpathSync(script);
  } catch {
    // Named without its ending, as `node app`.
  }
  return /[\\/](node_modules|usr[\\/]share[\\/]nodejs|\.[^\\/]+)[\\/]/.test(path);
}
