/* The pictures of an article in the lightbox. It and its style come only where there are pictures, and after the text. */

import { element } from "../hangout/elements.js";
import { Lightbox } from "../hangout/lightbox.js";

export function enlarge(article) {
  if (!article.querySelector(".look") || !window.HTMLDialogElement) return;
  const dialog = drawn();
  document.head.append(element("link", { rel: "stylesheet", href: new URL("../lightbox.css", import.meta.url) }));
  document.body.append(dialog);
  new Lightbox(dialog, article, wordsOf);
}

function wordsOf(link) {
  const caption = link.closest("figure")?.querySelector("figcaption");
  return (caption ?? link.querySelector("img")).textContent || link.querySelector("img").alt;
}

function drawn() {
  return element("dialog", { class: "lightbox", "aria-label": "Picture" },
    element("figure", {}, element("div", { class: "stage" }), element("figcaption")),
    element("p", { class: "lightbox-bar" },
      button("before", "Before"), element("span", { class: "place" }), button("after", "After"),
      element("a", { class: "whole", href: "#" }, "Whole file"), button("shut", "Close")));
}

function button(kind, words) {
  return element("button", { type: "button", class: `link ${kind}` }, words);
}
