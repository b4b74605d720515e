// Stands before the worker of the theme's search, which looks for all words that begin with the ones typed. Here each
// is also looked for as it stands, and that counts more; words that the index leaves out are no beginnings of others.
addEventListener("message", ({ data: message }) => {
  const isQuery = message.type === 2;
  if (!isQuery || /[~^:*+"]|(^|\s)-/.test(message.data)) return;      // signs by which a reader says more than words
  const words = message.data.split(/\s+/).filter((word) => lunr.stopWordFilter(word.toLowerCase()));
  if (words.length) message.data = words.map((word) => `${word}^10 ${word}`).join(" ");
});
