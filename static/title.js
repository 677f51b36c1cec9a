/* The number in the window's title: what nobody has looked at yet, put together from wherever it comes. */

const words = document.title.replace(/^\(\d+\) /, "");
const counts = new Map();

/** `from` says whose number it is, so that each may change its own. */
export function countInTitle(from, count) {
  counts.set(from, count);
  const sum = [...counts.values()].reduce((all, one) => all + one, 0);
  document.title = sum ? `(${sum}) ${words}` : words;
}
