/* Spoilers: a button that uncovers the words and covers them again. Until then nobody is told them, a screen reader
   neither. Without script the words show while they have the focus, as the server has drawn them. */

import { element } from "./elements.js";

/** Covers what has not been covered yet. */
export function coverSpoilers(root) {
  for (const spoiler of root.querySelectorAll(".spoiler")) {
    if (spoiler.querySelector(":scope > .lid")) continue;
    const lid = element("button", { type: "button", class: "lid unseen", "aria-label": "Spoiler", "aria-expanded": "false" });
    const words = element("span", { class: "covered" }, ...spoiler.childNodes);
    words.inert = true;
    spoiler.append(lid, words);
    for (const name of ["tabindex", "role", "aria-label"]) spoiler.removeAttribute(name);
  }
}

export function openSpoilers(list) {
  list.addEventListener("click", ({ target }) => {
    const spoiler = target.closest(".spoiler");
    if (spoiler && !target.closest("a")) toggle(spoiler);
  });
}

/** The focus stays with the button, by which the words can be covered again. */
function toggle(spoiler) {
  const [lid, words] = spoiler.children;
  const isShown = spoiler.classList.toggle("shown");
  words.inert = !isShown;
  lid.setAttribute("aria-expanded", `${isShown}`);
}
