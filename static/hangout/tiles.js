/* One picture above the composer: what it looks like, how far it has come, what it shows in words, and away with it. */

import { element } from "./elements.js";
import { sizeOf } from "./files.js";

const SIDE = 88; // pixels

let count = 0;

export class Tile {
  constructor(entry, { remove, retry, described }) {
    const name = `picture-${(count += 1)}`;
    this.canvas = element("canvas", { width: SIDE * 2, height: SIDE * 2, role: "img", "aria-label": entry.name });
    this.bar = element("progress", { max: 1, value: 0, "aria-label": `${entry.name}, sent so far` });
    this.words = element("p", { class: "tile-words", id: name });
    this.again = button("Retry", `Retry ${entry.name}`, retry);
    this.alt = element("input", {
      type: "text", maxlength: 1000, placeholder: "What does it show?", "aria-label": `Description of ${entry.name}`, "aria-describedby": name,
    });
    this.alt.value = entry.alt;
    this.alt.addEventListener("input", () => (entry.alt = this.alt.value.trim()));
    this.alt.addEventListener("change", () => described(this.alt.value.trim()));
    this.alt.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), this.alt.form.requestSubmit()));
    this.away = button("Remove", `Remove ${entry.name}`, remove);
    const title = element("p", { class: "tile-name" }, element("b", {}, entry.name), " ", element("small", {}, sizeOf(entry.size)));
    const side = element("div", { class: "tile-side" }, title, this.alt, this.bar, this.words, element("p", { class: "tile-acts" }, this.again, this.away));
    this.item = element("li", { class: "tile" }, this.canvas, side);
    this.draw(entry);
    this.show(entry.state, "");
  }

  /** Drawn here, because the page may show pictures only from its own site. */
  async draw({ file, url }) {
    const bitmap = await (file ? createImageBitmap(file) : loaded(url)).catch(() => null);
    if (!bitmap) return this.canvas.classList.add("blank");
    const side = SIDE * 2;
    const scale = Math.max(side / bitmap.width, side / bitmap.height);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    this.canvas.getContext("2d").drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
  }

  /** `failed` and `stalled` may be tried again, `refused` never helps. */
  show(state, words) {
    const mayRetry = state === "failed" || state === "stalled";
    this.item.dataset.state = state;
    this.bar.hidden = state !== "sending";
    if (!mayRetry && document.activeElement === this.again) this.away.focus();
    this.again.hidden = !mayRetry;
    this.words.textContent = words;
    this.words.setAttribute("role", words ? "alert" : "none");
    if (words) this.item.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  progress(part) {
    this.bar.value = part;
  }

  focus() {
    this.away.focus();
  }
}

function button(words, name, act) {
  const made = element("button", { type: "button", class: "link", "aria-label": name }, words);
  made.addEventListener("click", act);
  return made;
}

async function loaded(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
