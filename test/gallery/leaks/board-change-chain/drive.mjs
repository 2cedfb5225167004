import { atConstantRate, driveArguments, expectOk } from '../../lib/traffic.mjs';

const { seconds, url } = driveArguments();
let seen = 0;

async function edit(count) {
  const tasks = Array.from({ length: 12 }, (_, index) => ({
    text: `Task ${index} of edit ${count}`,
    done: (count + index) % 3 === 0,
    assignee: `user-${(count + index) % 15}`,
  }));
  const body = JSON.stringify({ title: `Card after edit ${count}`, tasks });
  const headers = { 'x-user': `user-${count % 15}` };
  const answer = await expectOk(await fetch(`${url}/cards/${count % 60}`, { method: 'PUT', body, headers }));
  seen = Math.max(seen, JSON.parse(answer).sequence);
}

await Promise.all([
  atConstantRate({ perSecond: 40, seconds }, edit),
  atConstantRate({ perSecond: 4, seconds }, async () =>
    expectOk(await fetch(`${url}/changes?after=${Math.max(0, seen - 10)}`)),
  ),
]);
