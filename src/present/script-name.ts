/** What people call the process by: the script of its command line, or the command itself where none stands out. */
export function scriptOf(command: string): string {
  const words = command.split(' ').filter((word) => word !== '');
  const script = words.find((word) => !word.startsWith('-') && SCRIPT.test(word));
  return script === undefined ? command : (script.split(/[\\/]/).at(-1) ?? script);
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
