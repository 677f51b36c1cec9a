/* What the reader has not seen yet: the line in the list, and the number in the window's title. */

import { neighbour, regroup } from "./grouping.js";
import { countInTitle } from "../title.js";
import { forBrowser } from "./kept.js";
import { compareIds } from "./messages.js";

export class Unread {
  constructor(messages, { inTitle }) {
    this.messages = messages;
    this.inTitle = inTitle;
    this.count = 0;
    this.since = forBrowser.get("seen");
    this.isFurtherBack = false;
    this.line = document.createElement("li");
    this.line.className = "unread";
    this.line.textContent = "New since you looked";
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Draws the line before the first message that came after the last one seen. By id, so history may come and go. */
  mark() {
    if (!this.since || this.line.isConnected) return;
    this.isFurtherBack = false;
    for (const item of this.messages.list.querySelectorAll(":scope > .message")) {
      const isNew = item.dataset.id && compareIds(item.dataset.id, this.since) > 0;
      if (!isNew || item.classList.contains("mine")) continue;
      this.isFurtherBack = !neighbour(item, "previousElementSibling") && this.messages.hasOlder;
      if (this.isFurtherBack) return; // an older page may bring where it starts
      item.before(this.line);
      regroup(item);
      return;
    }
  }

  unmark() {
    const item = this.line.isConnected && neighbour(this.line, "nextElementSibling");
    this.line.remove();
    if (item) regroup(item);
  }

  /** One more came while nobody looked. */
  add() {
    this.count += 1;
    if (this.inTitle) countInTitle("here", this.count);
  }

  /** Everything on the page has been seen, if anybody is looking. */
  seen() {
    if (document.hidden) return;
    const last = this.messages.last?.dataset.id;
    if (!last) return;
    if (!this.line.isConnected && !this.isFurtherBack) this.since = last;
    const known = forBrowser.get("seen");
    if (!known || compareIds(last, known) > 0) forBrowser.set("seen", last);
  }

  look() {
    if (document.hidden) {
      this.unmark(); // it has been looked at; the next one that comes draws it anew
      this.since = forBrowser.get("seen");
      return;
    }
    this.count = 0;
    countInTitle("here", 0);
  }
}
