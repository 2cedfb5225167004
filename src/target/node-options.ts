import { readFileSync } from 'node:fs';
import { type ProcessInfo, readOutline } from './process-info.ts';

/**
 * The options a Node process was started with: those of NODE_OPTIONS, then those before its script, as Node reads them.
 * An option's value in a word of its own looks like the script, so what follows it is not seen.
 */
export function nodeOptions({ pid, arguments: words }: Pick<ProcessInfo, 'pid' | 'arguments'>): string[] {
  return [...environmentOptions(pid), ...optionsBeforeScript(words)];
}

/** The options Node will have that is started by this very command; those of NODE_OPTIONS alone for another program. */
export function optionsOfCommand(words: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  const isNode = /(?:^|[\\/])node(?:js)?(?:\.exe)?$/.test(words[0] ?? '');
  return [...splitOptions(environment.NODE_OPTIONS ?? ''), ...(isNode ? optionsBeforeScript(words) : [])];
}

/** Whether Node's permission model is on, which keeps the inspector shut. */
export function namesPermissionModel(options: readonly string[]): boolean {
  return options.some((option) => option === '--permission' || option === '--experimental-permission');
}

/** The same of a process; false for one that has gone, or is closed to us. */
export function hasPermissionModel(pid: number): boolean {
  const outline = readOutline(pid);
  return outline !== null && namesPermissionModel(nodeOptions(outline));
}

/** The port its inspector opens on. 0: any that is free. */
export function inspectorPort(options: readonly string[]): number {
  let port = DEFAULT_INSPECTOR_PORT;
  for (const option of options) {
    const match = /^--(?:inspect|inspect-brk|inspect-wait|inspect-port|debug-port)=(?:.*:)?(\d+)$/.exec(
      option,
    );
    if (match !== null) port = Number(match[1]);
  }
  return port;
}

const DEFAULT_INSPECTOR_PORT = 9229;

/** Whether its inspector is open from the start, and so for good. */
export function opensInspector(options: readonly string[]): boolean {
  return options.some((option) => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(option));
}

function environmentOptions(pid: number): string[] {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // Another user's: its other files refuse it with a reason.
    return [];
  }
  const line = environment.split('\0').find((entry) => entry.startsWith('NODE_OPTIONS='));
  return splitOptions((line ?? '').slice('NODE_OPTIONS='.length));
}

function splitOptions(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function optionsBeforeScript(words: readonly string[]): readonly string[] {
  const script = words.findIndex((word, at) => at > 0 && !word.startsWith('-'));
  return words.slice(1, script === -1 ? undefined : script);
}
