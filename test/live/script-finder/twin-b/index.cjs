const kept = new Set();

module.exports = { keep: (value) => kept.add(value), count: () => kept.size };
