import { execFileSync } from 'node:child_process';
import { LeaklineError } from '../core/errors.ts';
import type { ProcessOutline } from './process-info.ts';

/**
 * The processes as the system's own tools tell them, for where there is no `/proc`: `ps` of POSIX, PowerShell on Windows.
 * Throws PROCESS_LIST_FAILED. A command line comes as one text there, so arguments with spaces in them fall apart.
 */
export function systemProcessList(platform: NodeJS.Platform): ProcessOutline[] {
  return platform === 'win32'
    ? parseWindowsProcesses(output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', QUERY]))
    : parsePosixProcesses(output('ps', ['-A', ...columns('pid', 'ppid', 'rss', 'etime', 'args')]));
}

/** Each field without a heading; `args` last, for it has spaces. */
function columns(...names: string[]): string[] {
  return names.flatMap((name) => ['-o', `${name}=`]);
}

/** Only those called node, so that the answer is short. What runs for how long is counted there: its clock made the date. */
const QUERY =
  `Get-CimInstance Win32_Process -Filter "Name='node.exe'" | Select-Object ProcessId, ParentProcessId, Name, ` +
  `WorkingSetSize, CommandLine, @{n='UptimeMs';e={((Get-Date) - $_.CreationDate).TotalMilliseconds}} | ConvertTo-Json`;

export function parsePosixProcesses(text: string): ProcessOutline[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, elapsed = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([\d:-]+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const words = command.split(' ').filter((word) => word !== '');
    return {
      pid: Number(pid),
      parent: Number(parent),
      name: baseName(words[0] ?? ''),
      arguments: words,
      workingDirectory: null,
      uptimeMs: elapsedMs(elapsed),
      rssBytes: Number(kilobytes) * 1024,
    };
  });
}

/** What `ConvertTo-Json` writes: nothing for none, an object for one, an array for several. */
export function parseWindowsProcesses(text: string): ProcessOutline[] {
  if (text.trim() === '') return [];
  const parsed = JSON.parse(text) as WindowsProcess | WindowsProcess[];
  return [parsed].flat().map((one) => ({
    pid: one.ProcessId,
    parent: one.ParentProcessId,
    name: one.Name,
    // Another user's command line is not told.
    arguments: one.CommandLine?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [],
    workingDirectory: null,
    uptimeMs: one.UptimeMs ?? 0,
    rssBytes: one.WorkingSetSize,
  }));
}

type WindowsProcess = {
  readonly ProcessId: number;
  readonly ParentProcessId: number;
  readonly Name: string;
  readonly WorkingSetSize: number;
  readonly CommandLine: string | null;
  readonly UptimeMs: number | null;
};

/** POSIX writes `[[dd-]hh:]mm:ss`. */
function elapsedMs(elapsed: string): number {
  const [days, clock = ''] = elapsed.includes('-') ? elapsed.split('-') : ['0', elapsed];
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function output(command: string, words: readonly string[]): string {
  try {
    return execFileSync(command, words, { encoding: 'utf8', maxBuffer: 64 << 20, windowsHide: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('PROCESS_LIST_FAILED', { command, message }, { cause });
  }
}
