// Reads texts of TypeScript as JSON and writes what Node runs of each.
const { stripTypeScriptTypes } = require('node:module');
const codes = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(codes.map((code) => stripTypeScriptTypes(code))));
