import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
const bytes = Buffer.alloc(4096, 'part of a file ');

async function ask(method, path, body) {
  return JSON.parse(await expectOk(await fetch(`${url}/uploads${path}`, { method, body })));
}

// Two of three uploads are finished; of the others somebody thinks better after the first part.
await atConstantRate({ perSecond: 18, seconds }, async (count) => {
  if (count % 20 === 19) return ask('GET', '');
  const parts = Array.from({ length: 60 }, (_, index) => ({
    length: bytes.length,
    sha: `${count}-${index}`.padStart(24, '0'),
  }));
  const { id } = await ask('POST', '', JSON.stringify({ name: `scan-${count}.tif`, parts }));
  await ask('PUT', `/${id}/1`, bytes);
  await (count % 3 === 0 ? ask('DELETE', `/${id}`) : ask('POST', `/${id}/complete`));
});
