import { installedNodes } from '../lib/nodes.ts';
import { type Cut, runClient } from './client.ts';
import { attachCycles } from './cycles.ts';

if (process.argv[2] === 'client') {
  const { pid, inspectorPort, cut } = JSON.parse(process.argv[3] ?? '') as {
    pid: number;
    inspectorPort: number;
    cut: Cut;
  };
  await runClient(pid, inspectorPort, cut);
  process.exit(0);
}
const t = Date.now();
const r = await Promise.all(
  installedNodes()
    .slice(...(process.env.ONLY ? [Number(process.env.ONLY), Number(process.env.ONLY) + 1] : []))
    .flatMap((n) =>
      (['cjs', 'mjs', 'cjs', 'mjs'] as const).map((k, i) =>
        attachCycles(n, k, Number(process.argv[2] ?? 28), i * 14),
      ),
    ),
);
for (const x of r) console.log(x.name, x.node, x.runs, x.note, x.violations.slice(0, 9), x.violations.length);
console.log(Date.now() - t);
