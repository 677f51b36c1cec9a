/* A button on each block of code. What is copied is the code alone, for its numbers are drawn by the style sheet. */

import { element } from "../hangout/elements.js";

const SHOWN = 2000; // milliseconds for which the button says how it went

export function offerCopies(article) {
  for (const block of article.querySelectorAll(".code")) {
    if (block.querySelector(".copy")) continue;
    const button = element("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", () => copy(block, button));
    block.prepend(button);
  }
}

async function copy(block, button) {
  try {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    say(button, "Copied");
  } catch {
    getSelection().selectAllChildren(block.querySelector("code")); // not allowed here: then by the keyboard
    say(button, "Selected");
  }
}

function say(button, word) {
  button.textContent = word;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => (button.textContent = "Copy"), SHOWN);
}
