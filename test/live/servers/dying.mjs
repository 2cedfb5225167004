// Ends before it listens, and says why.
console.error('cannot read the configuration: no such file');
process.exit(7);
