'use strict';

/** A function that asks only once for each query. What failed is asked for again. */
function memoize(ask) {
  const answers = new Map();
  // ^^ leak: held by

  return function remember(query) {
    const key = JSON.stringify(query);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(query).catch((error) => {
      answers.delete(key);
      throw error;
    });
    answers.set(key, answer);
    // ^^ leak: added at
    return answer;
  };
}

module.exports = { memoize };
