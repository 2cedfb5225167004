// Works for three seconds, prints each result, and ends with a code of its own: what it prints must not depend on a visit.
/* global setTimeout, process, console */
const results = new Map();
const log = [];

async function step(number) {
  const parsed = JSON.parse(JSON.stringify({ number, list: [1, 2, 3].map((one) => one * number) }));
  results.set(number, parsed);
  log.push(parsed.list.length);
  await Promise.resolve();
  const sum = [...results.values()].reduce((total, { list }) => total + list[2], 0);
  console.log(
    number,
    sum,
    log.length,
    results.size,
    Object.keys(results).join(),
    typeof new Date().getTime(),
  );
}

async function run(number) {
  await step(number);
  if (number < 120) setTimeout(() => void run(number + 1), 25);
  else process.exitCode = 7;
}
void run(0);
