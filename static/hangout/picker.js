/* The emoji that are offered: those on the message first, then a few in groups. Arrow keys go about, Escape closes. */

import { Beside } from "./beside.js";
import { element, face } from "./elements.js";
import { all } from "./reactions.js";

export class Picker {
  /** `chosen(item, reaction)` is told which. */
  constructor(room, { chosen }) {
    Object.assign(this, { room, chosen });
    this.panel = room.querySelector(".picker");
    this.there = this.panel.querySelector(".there");
    this.item = null;
    this.beside = new Beside(this.panel, room, { stays: () => true, lost: () => this.leave() });
    this.panel.addEventListener("click", (event) => this.clicked(event));
    this.panel.addEventListener("keydown", (event) => this.moved(event));
    this.panel.addEventListener("focusout", ({ relatedTarget: to }) => this.item && to && !this.panel.contains(to) && this.close());
    document.addEventListener("pointerdown", ({ target }) => this.item && !this.panel.contains(target) && this.close());
  }

  open(item) {
    this.item = item;
    item.classList.add("chosen");
    const here = all(item);
    this.there.hidden = here.length === 0;
    this.there.replaceChildren(...here.map(offer));
    for (const button of this.panel.querySelectorAll("button")) button.tabIndex = -1;
    this.panel.hidden = false;
    this.beside.put(item);
    this.focus(this.rows[0][0]);
  }

  close() {
    this.beside.leave();
    this.item?.classList.remove("chosen");
    this.item = null;
    this.panel.hidden = true;
  }

  get rows() {
    const rows = [...this.panel.querySelectorAll(".emoji-row:not([hidden])")];
    return rows.map((row) => [...row.querySelectorAll("button")]);
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { item } = this;
    const picture = button.querySelector("img");
    this.leave();
    this.chosen(item, {
      emoji: button.value,
      emoji_name: picture?.alt ?? button.value,
      emoji_url: picture?.getAttribute("src") ?? null,
    });
  }

  moved(event) {
    if (event.key === "Escape") return this.leave();
    const { rows } = this;
    const row = rows.findIndex((one) => one.includes(document.activeElement));
    const column = rows[row]?.indexOf(document.activeElement);
    const flat = rows.flat();
    const at = flat.indexOf(document.activeElement);
    const next = {
      ArrowRight: () => flat[(at + 1) % flat.length],
      ArrowLeft: () => flat.at(at - 1),
      ArrowDown: () => rows[(row + 1) % rows.length],
      ArrowUp: () => rows.at(row - 1),
      Home: () => rows[row][0],
      End: () => rows[row].at(-1),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    this.focus(Array.isArray(next) ? (next[column] ?? next.at(-1)) : next);
  }

  focus(button) {
    for (const one of this.panel.querySelectorAll("[tabindex='0']")) one.tabIndex = -1;
    button.tabIndex = 0;
    button.focus({ preventScroll: true });
  }

  leave() {
    const { item } = this;
    this.close();
    const back = item.isConnected ? item.querySelector(".more") : this.room.querySelector(".scroller");
    back.focus({ preventScroll: true });
  }
}

function offer(reaction) {
  const name = reaction.emoji_url ? reaction.emoji_name : false;
  return element("button", { type: "button", value: reaction.emoji, "aria-label": name, title: name }, face(reaction));
}
