import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AgentFiles } from '../target/attach.ts';

/** The agent as one text to evaluate in a process that runs already, and the helper process that evaluates it. */
export async function agentFiles(): Promise<AgentFiles> {
  return { source: await agentSource(), helper: builtFile('helper-process.js') };
}

export function agentSource(): Promise<string> {
  return readFile(builtFile('agent.js'), 'utf8');
}

/** The agent as a file to start a program with. */
export function preloadPath(): string {
  return builtFile('preload.cjs');
}

/** One of the lab's servers. */
export function labServerPath(scenario: string, side: string): string {
  return builtFile(`lab/${scenario}/${side}/server.js`);
}

/** Beside the bundle that this is part of; tests run it from the source, two folders away from the bundle's. */
function builtFile(name: string): string {
  const bundled = !import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(bundled ? `./${name}` : `../../dist/${name}`, import.meta.url));
}
