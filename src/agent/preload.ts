import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { install } from './main.ts';

/**
 * `leakline run` starts the program with this file preloaded. It reads where to connect from the environment and puts
 * the environment back, so the program and the children it starts see what they would have seen without us.
 */
const text = process.env.LEAKLINE_AGENT;
if (text !== undefined && isMainThread && !isPackageRunner(process.argv[1])) {
  try {
    const order = JSON.parse(text) as { socketPath: string; token: string; nodeOptions: string | null };
    delete process.env.LEAKLINE_AGENT;
    if (order.nodeOptions === null) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = order.nodeOptions;
    install(createRequire(__filename), { ...order, closeInspector: false, script: __filename });
  } catch {
    // An order left over from somewhere else: the program starts as it would without it.
  }
}

/** npm, npx and their like start the program as a child: the order is for that one, so they pass it on. */
function isPackageRunner(script: string | undefined): boolean {
  return /[\\/](npm|npx|yarn|pnpm|corepack|npm-cli|npx-cli)(\.c?js)?$/.test(script ?? '');
}
