/* How far the other has read: every message of one's own says whether it was sent or read. */

const WORDS = { sent: "Sent", read: "Read" };

export class Ticks {
  /** `upTo` is the seq that they have read to, 0 when they do not tell. */
  constructor(list, upTo) {
    this.list = list;
    this.upTo = upTo;
    new MutationObserver(() => this.draw()).observe(list, { childList: true, subtree: true, attributeFilter: ["data-id", "data-seq"] });
    this.draw();
  }

  heard(seq) {
    this.upTo = Math.max(this.upTo, seq);
    this.draw();
  }

  /** A change to an older message makes it no news: what stands above one that was read was read, too. */
  draw() {
    let isRead = false;
    for (const item of [...this.list.querySelectorAll(":scope > .message[data-id]:not([data-id=''])")].reverse()) {
      isRead ||= item.dataset.seq !== "" && Number(item.dataset.seq) <= this.upTo;
      const tick = item.querySelector(":scope > .tick");
      if (tick) say(tick, isRead ? "read" : "sent");
    }
  }
}

function say(tick, state) {
  if (tick.dataset.tick === state) return;
  tick.dataset.tick = state;
  tick.title = tick.querySelector(".unseen").textContent = WORDS[state];
}
