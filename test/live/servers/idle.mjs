// Does nothing for as many milliseconds as it is told.
setTimeout(() => undefined, Number(process.argv[2]));
