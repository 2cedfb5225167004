// Prints in all the ways that something else at its terminal could spoil, for five seconds, and asks a question.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const { stdin, stdout, stderr } = process;
console.log('terminals', stdin.isTTY, stdout.isTTY, stderr.isTTY, stdin.isRaw);
console.log('size', stdout.columns, stdout.rows, stdout.getColorDepth({ TERM: 'xterm-256color' }));
for (let line = 0; line < 10_000; line += 1)
  console.log(`\u001b[32m${line}\u001b[39m päth → ${'x'.repeat(line % 90)}`);
for (let step = 0; step < 150; step += 1) {
  stdout.write('\u001b[3');
  await pause(7);
  stdout.write(`1mred\u001b[39m without an end ${step} `);
  stderr.write(step % 5 === 4 ? '\n' : '…');
  await pause(13);
}
console.clear();
stdout.write(`${'\u001b[36mlarge\u001b[39m '.repeat(20_000)}\n`);
if (process.argv[2] === 'ask') {
  const prompt = createInterface({ input: stdin, output: stdout });
  await new Promise((answered) =>
    prompt.question('name? ', (name) => answered(console.log(`hello ${name}`))),
  );
  prompt.close();
}
await pause(1500);
console.log('THE PROGRAM IS OVER');
process.exitCode = 7;
