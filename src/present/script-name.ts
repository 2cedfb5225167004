/** What people call the process by: the script of its command line, else the name of what it runs; never its arguments. */
export function scriptOf(command: string): string {
  const words = command.split(' ').filter((word) => word !== '');
  const script = words.find((word) => !word.startsWith('-') && SCRIPT.test(word));
  // Node makes the path of a script whole.
  const named = words.slice(1, 2).find((word) => /[\\/]/.test(word));
  return nameIn(script ?? named ?? words[0] ?? command);
}

function nameIn(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
