// Keeps an answer for every question, 20 times a second, for three quarters of a minute or as long as is said.
const answers = new Map();
// ^^ held by

function ask(question) {
  const words = Array.from({ length: 400 }, (_, index) => `${question}-${index}`);
  answers.set(question, { question, words });
  // ^^ added at
}

let asked = 0;
const timer = setInterval(() => ask(`question ${asked++}`), 50);
setTimeout(() => clearInterval(timer), Number(process.argv[2] ?? 45_000));
