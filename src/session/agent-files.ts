import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The agent as one text to evaluate, and the file to preload it with: they lie beside the bundle that runs this. */
export async function agentSource(): Promise<string> {
  return readFile(fileURLToPath(new URL('./agent.js', import.meta.url)), 'utf8');
}

export function preloadPath(): string {
  return fileURLToPath(new URL('./preload.cjs', import.meta.url));
}

/** Where the lab's servers were built to. */
export function labServerPath(scenario: string, side: string): string {
  return fileURLToPath(new URL(`./lab/${scenario}/${side}/server.js`, import.meta.url));
}
