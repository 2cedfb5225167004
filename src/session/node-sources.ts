import { spawn } from 'node:child_process';

/**
 * The texts of Node's own modules by name, out of a Node that runs nothing else: 0.1 s of another process. `null` if they
 * could not be had.
 */
export function readNodeSources(executable: string): Promise<Readonly<Record<string, string>> | null> {
  return new Promise((resolve) => {
    const child = spawn(executable, ['-e', PROGRAM], {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code === 0 ? parse(Buffer.concat(chunks).toString()) : null));
  });
}

function parse(text: string): Record<string, string> | null {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return null;
  }
}

/** A private door, so it may be shut. */
const PROGRAM = 'process.stdout.write(JSON.stringify(process.binding("natives")))';
const WITHIN_MS = 10_000;
