/** A file without the folders it lies in: those tell of the machine and its user, and an answer is for handing on. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
