// Functions whose text is in no file.
// oxlint-disable-next-line typescript/no-implied-eval
exports.outer = new Function('a', 'return a');
// oxlint-disable-next-line typescript/no-implied-eval
exports.inner = new Function('a', 'return function () { return a }')(1);
