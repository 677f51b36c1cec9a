/* Own messages taken back: gone at once, and for good six seconds later unless it is undone. */

import { element } from "./elements.js";

const UNDO_FOR = 6_000; // milliseconds, not counted while somebody is at the line

export class Deleting {
  /** `remove(id)` takes it back for good; `leave(id)` does so while the page goes away; `quietly()` comes before the page changes. */
  constructor(messages, { remove, leave, quietly, undone }) {
    Object.assign(this, { messages, remove, leave, quietly, undone });
    this.waiting = new Map();
    addEventListener("pagehide", () => this.flush());
  }

  begin(item, { byKey }) {
    const { id } = item.dataset;
    this.quietly();
    const button = element("button", { type: "button", class: "link" }, "Undo");
    const line = element("p", { class: "undo", role: "status" }, "Deleted. ", button);
    item.classList.add("deleting");
    item.append(line);
    button.addEventListener("click", () => this.undo(id));
    button.focus({ preventScroll: true });
    this.waiting.set(id, { left: UNDO_FOR });
    this.watch(id, line, byKey);
    if (!byKey) this.count(id);
  }

  /** The time stands still while the pointer is at the line, or the focus of who came to it by key (`isHeld`). */
  watch(id, line, isHeld) {
    line.addEventListener("mouseenter", () => this.pause(id));
    line.addEventListener("mouseleave", () => isHeld || this.count(id));
    line.addEventListener("focusin", () => {
      isHeld = true;
      this.pause(id);
    });
    line.addEventListener("focusout", () => {
      isHeld = false;
      if (!line.matches(":hover")) this.count(id);
    });
  }

  count(id) {
    const one = this.waiting.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    one.since = Date.now();
    one.timer = setTimeout(() => this.end(id), one.left);
  }

  pause(id) {
    const one = this.waiting.get(id);
    if (!one?.timer) return;
    clearTimeout(one.timer);
    one.timer = 0;
    one.left = Math.max(2_000, one.left - (Date.now() - one.since));
  }

  end(id) {
    const item = this.forget(id);
    if (item?.contains(document.activeElement)) item.closest(".scroller").focus({ preventScroll: true });
    item?.classList.add("going");
    this.remove(id);
  }

  undo(id) {
    this.restore(this.forget(id));
    this.undone();
  }

  /** The site would not have it. */
  refused(id) {
    this.restore(this.messages.find(id));
  }

  restore(item) {
    if (!item) return;
    this.quietly();
    item.classList.remove("deleting", "going");
    item.querySelector(".undo")?.remove();
  }

  forget(id) {
    clearTimeout(this.waiting.get(id)?.timer);
    this.waiting.delete(id);
    return this.messages.find(id);
  }

  flush() {
    for (const id of [...this.waiting.keys()]) {
      this.forget(id)?.classList.add("going");
      this.leave(id);
    }
  }
}
