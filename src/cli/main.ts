import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { renderError } from '../present/text/error-text.ts';
import { version } from '../report/version.ts';
import { attachTargetFrom, pidFrom } from './attach-target.ts';
import { EXIT } from './exit-codes.ts';
import {
  allocationsOption,
  durationMs,
  falseAlarmsOption,
  forOption,
  gcOption,
  htmlOption,
  isOff,
  jsonListOption,
  jsonOption,
  markdownOption,
  maxPauseOption,
  maxStandstillOption,
  noColorOption,
  portNumber,
  heapLimit,
  positiveInteger,
  quietOption,
  sizeBytes,
  snapshotOption,
  STANDSTILL_MS_MOST,
  uiOption,
  untilOption,
  verboseOption,
  withSourceOption,
  yesOption,
} from './options.ts';
import { textOptions } from './output.ts';

const program = new Command('leakline')
  .description('Finds the memory leak in a running Node.js server and names the line.')
  .version(version, '-v, --version')
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    `
Examples:
  leakline 4242                     watch the process 4242 until there is an answer
  leakline 4242 4243                the same of two processes, side by side
  leakline run -- node server.js    start a program and watch it
  leakline lab                      see it work: a fixed and a leaking server, side by side

Exit codes: 0 no leak, or done · 1 leak found · 2 usage or cannot attach · 3 inconclusive · 130/143 interrupted
Of two processes it is that of the worse: a leak, else inconclusive.`,
  );

let exitCode: number = EXIT.done;

// Commander takes an option without a value for given as soon as its variable is set, whatever to.
program.hook('preAction', (_program, command) => {
  for (const option of command.options) {
    const name = option.attributeName();
    const isFromEnvironment = command.getOptionValueSource(name) === 'env';
    if (isFromEnvironment && option.isBoolean() && isOff(process.env[option.envVar ?? ''])) {
      command.setOptionValueWithSource(name, undefined, undefined);
    }
  }
});

/** Of `attach` and `watch`, which differ in how long they go on. */
function addWatchOptions(
  command: Command<[string[]]>,
  forWords: string,
  until: ReturnType<typeof untilOption>,
) {
  return command
    .addOption(forOption(forWords))
    .addOption(until)
    .addOption(gcOption())
    .addOption(maxPauseOption())
    .addOption(falseAlarmsOption())
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(htmlOption())
    .addOption(markdownOption())
    .addOption(withSourceOption())
    .addOption(snapshotOption())
    .addOption(allocationsOption())
    .addOption(uiOption())
    .addOption(quietOption())
    .addOption(verboseOption())
    .addOption(noColorOption());
}

const WATCHED =
  'a pid, two to see them side by side, or an open inspector as 127.0.0.1:9229 or ws://127.0.0.1:9229/…';

addWatchOptions(
  program
    .command('attach')
    .description('watch a running process until there is an answer; `leakline <pid>` is short for it')
    .argument('<target...>', WATCHED),
  'the longest to watch, as 30s or 5m (default: 5m)',
  untilOption(),
).action(async (texts, options, command) => {
  const { attachCommand } = await import('./attach.ts');
  exitCode = await attachCommand(
    attachTargetFrom(texts),
    {
      ...watchFrom(options),
      forMs: options.for ?? DEFAULT_FOR_MS,
      until: options.until,
    },
    { ...options, standstillMsMost: standstillMsMost(command) },
  );
});

addWatchOptions(
  program
    .command('watch')
    .description(
      'stand guard over a running process until it ends or you stop it: as attach, with more patience',
    )
    .argument('<target...>', WATCHED),
  'the longest to watch (default: until the process ends)',
  untilOption('end'),
).action(async (texts, options, command) => {
  const { watchCommand } = await import('./watch.ts');
  exitCode = await watchCommand(
    attachTargetFrom(texts),
    {
      ...watchFrom(options),
      forMs: options.for ?? null,
      until: options.until,
    },
    { ...options, standstillMsMost: standstillMsMost(command) },
  );
});

program
  .command('run')
  .description('start a program and watch it; its exit code is passed on unless a leak is found')
  .usage('[options] -- node app.js ...')
  .argument('<command...>', 'the program and its arguments')
  .passThroughOptions()
  .addOption(forOption('the longest to watch (default: until the program ends)'))
  .addOption(untilOption())
  .addOption(gcOption())
  .addOption(maxPauseOption())
  .addOption(falseAlarmsOption())
  .addOption(jsonOption())
  .addOption(htmlOption())
  .addOption(markdownOption())
  .addOption(withSourceOption())
  .addOption(snapshotOption())
  .addOption(allocationsOption())
  .addOption(uiOption())
  .addOption(quietOption())
  .addOption(verboseOption())
  .addOption(noColorOption())
  .action(async (words, options, command) => {
    const { runCommand } = await import('./run.ts');
    exitCode = await runCommand(
      words,
      {
        ...watchFrom(options),
        forMs: options.for ?? null,
        until: options.until,
      },
      { ...options, standstillMsMost: standstillMsMost(command) },
    );
  });

program
  .command('lab')
  .description('the story, side by side: a fixed and a leaking server under the same load')
  .argument('[scenario]', 'which story', 'websocket')
  .addOption(
    new Option('--clients <count>', 'WebSocket clients that come and go')
      .default(7)
      .env('LEAKLINE_CLIENTS')
      .argParser(positiveInteger),
  )
  .addOption(
    new Option('--items <count>', 'items a second that each connection keeps')
      .default(1_000_000)
      .env('LEAKLINE_ITEMS')
      .argParser(positiveInteger),
  )
  .addOption(
    new Option('--to-the-end', 'go on until the leaking process dies of it').env('LEAKLINE_TO_THE_END'),
  )
  .addOption(
    new Option(
      '--heap-limit <size>',
      "both servers' heap limit, as 200MB: what is small is filled soon (default: Node's own)",
    )
      .env('LEAKLINE_HEAP_LIMIT')
      .argParser(heapLimit),
  )
  .addOption(
    new Option('--port <port>', "the fixed server's port; the leaking one gets the next (0: any two)")
      .default(0)
      .env('LEAKLINE_PORT')
      .argParser(portNumber),
  )
  .addOption(forOption('the longest to play (default: 90s, or 5m with --to-the-end)'))
  .addOption(untilOption())
  .addOption(gcOption())
  .addOption(maxPauseOption())
  .addOption(falseAlarmsOption())
  .addOption(jsonOption())
  .addOption(htmlOption())
  .addOption(markdownOption())
  .addOption(withSourceOption())
  .addOption(uiOption())
  .addOption(quietOption())
  .addOption(verboseOption())
  .addOption(noColorOption())
  .action(async (scenario, options) => {
    const { labCommand } = await import('./lab.ts');
    const toTheEnd = options.toTheEnd === true;
    exitCode = await labCommand(
      {
        scenario,
        clients: options.clients,
        items: options.items,
        forMs: options.for ?? (toTheEnd ? 300_000 : 90_000),
        toTheEnd,
        heapLimitBytes: options.heapLimit ?? null,
        until: options.until,
        ports: options.port === 0 ? [0, 0] : [options.port, options.port + 1],
        watch: watchFrom(options),
      },
      options,
    );
  });

program
  .command('ps')
  .description('the Node processes of this machine, and which of them leakline can attach to')
  .addOption(jsonListOption())
  .addOption(quietOption())
  .addOption(verboseOption('say more: the whole command lines'))
  .addOption(noColorOption())
  .action(async (options) => {
    const { psCommand } = await import('./ps.ts');
    exitCode = await psCommand(options);
  });

program
  .command('heap')
  .description(
    'what is in a heap snapshot: its largest classes, and what keeps the most alive; of several, what grew and where',
  )
  .argument('<file...>', 'a .heapsnapshot file, plain or gzip; several of one process, the oldest first')
  .addOption(
    new Option('--path <node>', 'instead: the shortest ways from the root to an id (@123) or to a class').env(
      'LEAKLINE_PATH',
    ),
  )
  .addOption(
    new Option('--class <name>', 'instead: the instances of a class and who holds them').env(
      'LEAKLINE_CLASS',
    ),
  )
  .addOption(
    new Option('--strings', 'instead: the texts that take most, and who holds them').env('LEAKLINE_STRINGS'),
  )
  .addOption(
    new Option('--diff', 'what grew from each file to the next, as several files mean anyway').env(
      'LEAKLINE_DIFF',
    ),
  )
  .addOption(jsonOption())
  .addOption(htmlOption())
  .addOption(uiOption('show the summary on a page of this machine until Ctrl-C; its address is printed'))
  .addOption(quietOption())
  .addOption(verboseOption('say more: how long each step took, and how much memory'))
  .addOption(noColorOption())
  .action(async (files, options) => {
    const { heapCommand } = await import('./heap.ts');
    const { path, class: className, strings, diff } = options;
    exitCode = await heapCommand(files, { path, class: className, strings, diff }, options);
  });

program
  .command('snapshot')
  .description('a heap snapshot of a running process: its cost first, refused where unsafe, without secrets')
  .argument('<pid>', 'the process')
  .addOption(
    new Option(
      '--out <file>',
      'where to write it (default: Heap.<day>.<time>.<pid>.0.heapsnapshot here)',
    ).env('LEAKLINE_OUT'),
  )
  .addOption(maxStandstillOption())
  // These two are typed each time: an environment that somebody set up long ago is no consent.
  .option('--force', 'take it although it is not safe')
  .option('--raw', 'leave every text in it, secrets too')
  .addOption(jsonOption())
  .addOption(quietOption())
  .addOption(verboseOption('say more: how long each step took, and how much memory'))
  .addOption(noColorOption())
  .action(async (text, options) => {
    const { snapshotCommand } = await import('./snapshot.ts');
    exitCode = await snapshotCommand(pidFrom(text), options);
  });

program
  .command('judge')
  .description(
    'the verdict for memory recorded elsewhere: a --trace-gc log, process.memoryUsage() as NDJSON, CSV or text',
  )
  .argument('<file...>', 'the logs; - is standard input')
  .addOption(
    new Option('--limit <size>', 'where the process dies, as 2GB or 512MB: to say when')
      .env('LEAKLINE_LIMIT')
      .argParser(sizeBytes),
  )
  .addOption(
    new Option('--every <duration>', 'how far samples are apart that have no time (default: 1s)')
      .env('LEAKLINE_EVERY')
      .argParser(durationMs),
  )
  .addOption(falseAlarmsOption('log'))
  .addOption(jsonOption())
  .addOption(htmlOption())
  .addOption(markdownOption())
  .addOption(withSourceOption())
  .addOption(uiOption('show it on a page of this machine until Ctrl-C; its address is printed'))
  .addOption(quietOption())
  .addOption(verboseOption())
  .addOption(noColorOption())
  .action(async (files, options) => {
    const { judgeCommand } = await import('./judge.ts');
    exitCode = await judgeCommand(
      files,
      {
        limitBytes: options.limit ?? null,
        falseAlarmProbability: options.falseAlarms,
        everyMs: options.every ?? 1000,
      },
      options,
    );
  });

program
  .command('report')
  .description('a report that was saved with --json, for a reader: as text, as a page, as Markdown')
  .argument('<file>', 'a report or comparison of leakline; - is standard input')
  .addOption(htmlOption())
  .addOption(markdownOption())
  .addOption(withSourceOption())
  .addOption(quietOption())
  .addOption(verboseOption())
  .addOption(noColorOption())
  .action(async (file, options) => {
    const { reportCommand } = await import('./report.ts');
    exitCode = await reportCommand(file, options);
  });

program
  .command('ui')
  .description(
    'a page in the browser of this machine, until Ctrl-C: a report that was saved with --json, or without one the Node processes that could be watched',
  )
  .argument('[file]', 'a report or comparison of leakline; - is standard input')
  .addOption(quietOption())
  .addOption(verboseOption())
  .addOption(noColorOption())
  .action(async (file, options) => {
    const { uiCommand } = await import('./ui.ts');
    exitCode = await uiCommand(file, options);
  });

/** What of a watch is asked for by the same options everywhere. */
function watchFrom(options: {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPause: number;
  readonly falseAlarms: number;
}): { gc: 'auto' | 'natural' | 'forced'; maxPauseMs: number; falseAlarmProbability: number } {
  return {
    gc: options.gc,
    maxPauseMs: options.maxPause,
    falseAlarmProbability: options.falseAlarms,
  };
}

/** On a busy server an answer takes ten seconds to a minute; a leak that needs more is told as inconclusive. */
const DEFAULT_FOR_MS = 300_000;

/** Whoever says how long a pause may be means a snapshot's too; the budget of a watch alone would never admit one. */
function standstillMsMost(command: {
  getOptionValueSource(name: 'maxPause'): string | undefined;
  opts(): { readonly maxPause: number };
}): number {
  const isSaid = command.getOptionValueSource('maxPause') !== 'default';
  return isSaid ? command.opts().maxPause : STANDSTILL_MS_MOST;
}

/** `leakline 4242` is `leakline attach 4242`, wherever the options stand. */
function withAttach(argv: readonly string[]): string[] {
  const commands = ['help', ...program.commands.map((command) => command.name())];
  // A word behind an option is its value: `--json ps` writes to a file of that name.
  const isCommand = argv.some(
    (word, at) => commands.includes(word) && argv[at - 1]?.startsWith('-') !== true,
  );
  return !isCommand && argv.some((word) => /^\d+$/.test(word)) ? ['attach', ...argv] : [...argv];
}

async function main(): Promise<number> {
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(withAttach(process.argv.slice(2)), { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said it already; help and version are no failures.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownCommand') {
        process.stderr.write('Give a pid (leakline ps lists them) or a command (leakline --help).\n');
      }
      return error.exitCode === 0 ? EXIT.done : EXIT.failed;
    }
    printError(error);
    return EXIT.failed;
  }
}

/** As wide as the terminal that it is printed to, whatever standard output goes to. */
function printError(error: unknown): void {
  const columns = process.stderr.columns ?? 100;
  process.stderr.write(renderError(error, { ...textOptions({ color: true }), columns }));
}

// Exit code 1 means that a leak was found, so no failure of ours may end in Node's own 1.
process.on('uncaughtException', (error) => {
  // Once whatever has the terminal has given it back, or the words would vanish with the live screen.
  process.once('exit', () => printError(error));
  process.exit(EXIT.failed);
});
// `leakline … | head` closes the pipe when it has read enough.
process.stdout.on('error', () => process.exit(exitCode));

process.exitCode = await main();
