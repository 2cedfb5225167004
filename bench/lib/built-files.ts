import { readFileSync } from 'node:fs';
import type { AgentFiles } from '../../src/target/attach.ts';

/** What attaching needs, as `npm run build` has made it. */
export function builtFiles(): AgentFiles {
  return { source: readFileSync('dist/agent.js', 'utf8'), helper: 'dist/helper-process.js' };
}
