'use strict';

const AT_MOST = 50;

let oldest = null;
// ^^ leak: held by

let sequence = 0;
let newest = null;

/** Writes a change down and returns its number. */
function append(user, { before, after }) {
  sequence += 1;
  const change = { sequence, user, at: new Date(), before, after, next: null };
  if (newest === null) oldest = change;
  else newest.next = change;
  // ^^ leak: added at
  newest = change;
  return sequence;
}

/** The changes after the one with that number, not more than fit on a page. */
function since(number) {
  const found = [];
  for (let change = oldest; change !== null && found.length < AT_MOST; change = change.next) {
    if (change.sequence > number) {
      const { next: _, ...words } = change;
      found.push(words);
    }
  }
  return found;
}

module.exports = { append, since };
