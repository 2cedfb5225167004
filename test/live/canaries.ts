/**
 * The secrets of which a part stands in a text, as it is or in base64: a longer text may have been cut. In one pass, since
 * looking for each of a thousand in 10 MB takes seconds. Each secret has fifteen letters and figures or more.
 */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
  const secretByPart = new Map(
    secrets.flatMap((secret) => [
      [secret.slice(1, 1 + PART), secret],
      [Buffer.from(secret).toString('base64').slice(0, PART), secret],
    ]),
  );
  const found: string[] = [];
  for (const [run] of text.matchAll(/[\da-z+/]{14,}/gi)) {
    for (let at = 0; at + PART <= run.length; at += 1) {
      const secret = secretByPart.get(run.slice(at, at + PART));
      if (secret !== undefined) found.push(secret);
    }
  }
  return found;
}

const PART = 14;
