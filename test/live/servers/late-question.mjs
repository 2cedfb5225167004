// Asks for a line after as many milliseconds as it is told, and tells the terminal's mode a quarter second later.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

await pause(Number(process.argv[2]));
process.stdin.once('data', (line) => {
  console.log(`HEARD ${JSON.stringify(line.toString())}`);
  process.exitCode = 7;
  process.stdin.pause();
});
await pause(250);
const settings = spawnSync('stty', ['-a'], { stdio: ['inherit', 'pipe', 'inherit'] }).stdout.toString();
console.log(`QUESTION ${settings.match(/\S*(?:icanon|\becho)\b/g)?.join(' ')}`);
