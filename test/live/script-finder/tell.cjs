// What the census would ask of the functions that can be reached from some objects, and what V8's debugger says where the scripts
// are from: told by a process about itself, in code that shares nothing with the census.
const inspector = require('node:inspector');

exports.tell = (...roots) => {
  const session = new inspector.Session();
  session.connect();
  const post = (method, params) => {
    let answer;
    session.post(method, params, (error, result) => (answer = error ?? result));
    return answer;
  };
  const functions = [];
  globalThis.__asked = null;
  for (const fn of reachable(roots)) {
    const text = Function.prototype.toString.call(fn);
    globalThis.__asked = fn;
    const { result } = post('Runtime.evaluate', { expression: '__asked' });
    const { internalProperties } = post('Runtime.getProperties', {
      objectId: result.objectId,
      ownProperties: true,
    });
    const place = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    if (place === undefined) continue;
    functions.push({
      scriptId: place.scriptId,
      line: place.lineNumber,
      column: place.columnNumber,
      head: text.slice(0, 300),
      tail: text.slice(-100),
      length: text.length,
    });
  }
  const listed = post('Profiler.getBestEffortCoverage').result.map(({ scriptId }) => scriptId);
  const urls = [];
  session.on('Debugger.scriptParsed', ({ params }) => urls.push([params.scriptId, params.url]));
  post('Debugger.enable');
  session.disconnect();
  const loaded = Object.keys(require.cache);
  const startedMs = performance.timeOrigin;
  process.stdout.write(JSON.stringify({ functions, urls, listed, loaded, startedMs }));
};

function reachable(roots) {
  const seen = new Set();
  const functions = new Set();
  const queue = [...roots];
  while (queue.length > 0) {
    const value = queue.shift();
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') continue;
    if (seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'function') functions.add(value);
    if (Object.getPrototypeOf(value) !== null) queue.push(Object.getPrototypeOf(value));
    for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value)))
      queue.push(descriptor.value, descriptor.get, descriptor.set);
  }
  return functions;
}
