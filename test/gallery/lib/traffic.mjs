/** Traffic at a constant rate: an operation starts when it is due, however long the ones before it take. */
export async function atConstantRate({ perSecond, seconds }, operation) {
  const startedAt = performance.now();
  const running = new Set();
  let failures = 0;
  for (let count = 0; ; count += 1) {
    const dueMs = (count * 1000) / perSecond;
    if (dueMs > seconds * 1000) break;
    const wait = startedAt + dueMs - performance.now();
    if (wait > 0) await sleep(wait);
    const one = operation(count)
      .catch((error) => {
        failures += 1;
        if (failures <= 3) console.error(error.message);
      })
      .finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
  if (failures > 0) process.exitCode = 1;
}

export function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/** `drive.mjs PORT SECONDS` */
export function driveArguments() {
  const [port, seconds] = process.argv.slice(2).map(Number);
  if (!(port > 0 && seconds > 0)) throw new Error('usage: drive.mjs PORT SECONDS');
  return { port, seconds, url: `http://127.0.0.1:${port}` };
}

export async function expectOk(response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${text}`);
  return text;
}
