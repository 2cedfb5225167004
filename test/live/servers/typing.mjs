// Reads key by key from the first moment on, and tells at a Z what it was given.
const { stdin } = process;
const bytes = [];
stdin.setRawMode(true);
stdin.on('data', (piece) => {
  bytes.push(piece);
  if (!piece.includes('Z')) return;
  stdin.setRawMode(false);
  stdin.pause();
  console.log(`GIVEN ${Buffer.concat(bytes).toString('hex')}`);
});
console.log('TYPE');
