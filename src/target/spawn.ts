import { type ChildProcess, spawn } from 'node:child_process';
import { LeaklineError } from '../core/errors.ts';
import { openAgentDoor } from '../wire/agent-door.ts';
import { AgentOffers } from './agent-offers.ts';
import { doorPath, restrictToOwner } from './platform.ts';
import { namesPermissionModel, optionsOfCommand } from './node-options.ts';
import { takeOverWhatWasLeft } from './left-behind.ts';
import { makePrivateDirectory } from './private-directory.ts';

export type StartedProgram = {
  readonly child: ChildProcess;
  readonly exited: Promise<ProgramExit>;
};

export type ProgramExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Starts a program. In a group of its own a Ctrl-C at the terminal reaches us and not the program: whoever asks for that
 * ends it himself. Rejects with PROGRAM_NOT_FOUND if there is no such command.
 */
export async function startProgram(
  command: readonly string[],
  options: { stdio: 'inherit' | 'pipe'; env: NodeJS.ProcessEnv; ownGroup?: boolean },
): Promise<StartedProgram> {
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, {
    stdio: options.stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: options.env,
    detached: options.ownGroup === true,
  });
  const exited = new Promise<ProgramExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new LeaklineError('PROGRAM_NOT_FOUND', { command: file, message: cause.message }, { cause }));
    });
  });
  return { child, exited };
}

/**
 * Starts a program with the agent preloaded, for `leakline run`: nothing is signalled and no inspector is opened, so
 * nothing of ours appears in the program's output. The order travels in the environment; each Node process of the tree
 * that finds it there offers itself, and the program's own process takes the order out.
 */
export async function startWithAgent(
  command: readonly string[],
  preloadPath: string,
): Promise<StartedProgram & { readonly offers: AgentOffers }> {
  takeOverWhatWasLeft(null);
  const directory = makePrivateDirectory();
  try {
    const door = await openAgentDoor(doorPath(directory.path, process.platform));
    restrictToOwner(door.socketPath, process.platform);
    const close = (): Promise<void> => {
      directory.remove();
      return door.close();
    };
    const offers = new AgentOffers(close);
    door.welcome((agent) => offers.add(agent));
    const nodeOptions = process.env.NODE_OPTIONS ?? null;
    const started = await startProgram(command, {
      stdio: 'inherit',
      env: {
        ...process.env,
        NODE_OPTIONS: [
          ...(nodeOptions === null ? [] : [nodeOptions]),
          ...preloading(preloadPath, command),
        ].join(' '),
        LEAKLINE_AGENT: JSON.stringify({ socketPath: door.socketPath, token: door.token, nodeOptions }),
      },
    }).catch(async (error: unknown) => {
      await offers.close();
      throw error;
    });
    // A program that ends without an agent in it (no Node, or too short) has nobody who would still knock.
    void started.exited.then(() => offers.close());
    return { ...started, offers };
  } catch (error) {
    directory.remove();
    throw error;
  }
}

/**
 * Under the permission model a preload may not be read by itself: Node 20 refuses it always and later ones where there is
 * no script (`-e`), and the program would end at its start. Without the model Node does not know the second option.
 */
function preloading(path: string, command: readonly string[]): string[] {
  const file = quoted(path);
  const hasModel = namesPermissionModel(optionsOfCommand(command, process.env));
  return [`--require=${file}`, ...(hasModel ? [`--allow-fs-read=${file}`] : [])];
}

/** NODE_OPTIONS splits at spaces; Node understands double quotes with backslashes in it. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}
