/* What one is replying to: told above the composer, and remembered over a reload. */

import { forTab } from "./kept.js";

const EXCERPT_MAX = 72;
const FIRST = ".files > :first-child";
const HELD = [
  ["a voice message", `${FIRST} audio[aria-label="Voice message"]`], ["a picture", `${FIRST} .look`], ["a video", `${FIRST} video`],
  ["a recording", `${FIRST} audio`], ["a file", ".files"], ["a sticker", ".stickers"], ["a forwarded message", ".forward"], ["a poll", ".poll"],
];

export class Replying {
  constructor(form, messages) {
    this.bar = form.querySelector(".replying");
    this.field = form.querySelector("textarea");
    this.messages = messages;
    this.bar.querySelector("button").addEventListener("click", () => (this.cancel(), this.field.focus()));
    this.field.addEventListener("keydown", (event) => event.key === "Escape" && this.cancel());
    this.show(read());
  }

  begin(item) {
    this.show({
      id: item.dataset.id,
      author_name: item.querySelector(".name").textContent,
      excerpt: excerptOf(item),
    });
    this.field.focus();
  }

  cancel() {
    this.show(null);
  }

  /** What the next message answers; asked for when it is sent. */
  take() {
    const { original } = this;
    this.show(null);
    return original;
  }

  /** The original has changed; null when it was deleted, which ends the reply. */
  requote(id, words) {
    if (this.original?.id !== id) return;
    this.show(words === null ? null : { ...this.original, excerpt: words });
  }

  show(original) {
    this.original = original;
    this.bar.hidden = !original;
    forTab.set("replying", original ? JSON.stringify(original) : "");
    if (!original) return;
    this.bar.querySelector("b").textContent = original.author_name;
    this.bar.querySelector(".excerpt").textContent = original.excerpt;
  }
}

/** The beginning of what a message says, on one line; what is covered stays covered. */
export function excerptOf(item) {
  const words = item.querySelector(".content").cloneNode(true);
  for (const spoiler of words.querySelectorAll(".spoiler")) spoiler.replaceWith("(spoiler)");
  for (const picture of words.querySelectorAll("img")) picture.replaceWith(picture.alt);
  const line = words.textContent.replace(/\s+/g, " ").trim() || inShort(item);
  const characters = [...line];
  return characters.length > EXCERPT_MAX ? `${characters.slice(0, EXCERPT_MAX - 1).join("")}…` : line;
}

/** What a message without words is called; the site says the same (web/extras.py). */
function inShort(item) {
  const has = (parts) => item.querySelector(`:scope > ${parts}`) !== null;
  const [first] = HELD.find(([, parts]) => has(parts)) ?? [""];
  return first;
}

function read() {
  try {
    return JSON.parse(forTab.get("replying") ?? "null");
  } catch {
    return null;
  }
}
