/* How far the other has read: every message of one's own says whether it was sent or read. */

import { compareIds } from "../hangout/messages.js";

const WORDS = { sent: "Sent", read: "Read" };

export class Ticks {
  /** `upTo` is the seq that they have read to, 0 when they do not tell. */
  constructor(list, upTo) {
    this.list = list;
    this.upTo = upTo;
    this.readId = [...list.querySelectorAll('.message:has(> [data-tick="read"])')].at(-1)?.dataset.id ?? "";
    new MutationObserver(() => this.draw()).observe(list, { childList: true, subtree: true, attributeFilter: ["data-id", "data-seq"] });
    this.draw();
  }

  heard(seq) {
    this.upTo = Math.max(this.upTo, seq);
    this.draw();
  }

  /** A later change makes a message that was read no news, and what stands above one that was read was read, too. */
  draw() {
    for (const item of [...this.list.querySelectorAll(":scope > .message[data-id]:not([data-id=''])")].reverse()) {
      const { id, seq } = item.dataset;
      if (seq && Number(seq) <= this.upTo && compareIds(id, this.readId) > 0) this.readId = id;
      const tick = item.querySelector(":scope > .tick");
      if (tick) say(tick, compareIds(id, this.readId) <= 0 ? "read" : "sent");
    }
  }
}

function say(tick, state) {
  if (tick.dataset.tick === state) return;
  tick.dataset.tick = state;
  tick.title = tick.querySelector(".unseen").textContent = WORDS[state];
}
