/* What is told while the page is open: comments that come, change and go, drawn by the server for anybody. */

import { Connection } from "../hangout/connection.js";

export class Live {
  constructor(place, threads) {
    Object.assign(this, { place, threads });
    this.seq = place.dataset.seq;
  }

  open() {
    this.connection = new Connection(this.place.dataset.socket, {
      after: () => this.seq,
      heard: (frame) => this.heard(frame),
      changed: () => {},
    });
    this.connection.open();
  }

  heard(frame) {
    if (frame.type === "hello") this.greeted(frame);
    if (frame.type === "comment") this.came(frame);
    if (frame.type === "comment_delete") this.threads.remove(frame.id);
    if (frame.type === "count") this.threads.count(frame.count);
  }

  greeted({ seq, changes, reset }) {
    this.seq = seq;
    if (reset) this.threads.say("A lot was said meanwhile. Load the page again to see it.");
    for (const change of changes) this.heard(change);
  }

  came(frame) {
    const isNews = !this.threads.find(frame.id);
    const shown = this.threads.put(frame);
    if (!isNews || frame.author === this.place.dataset.you) return;
    const name = shown?.querySelector(".name")?.textContent ?? "somebody";
    this.threads.say(shown ? `New comment by ${name}.` : `New comment by ${name}, on another page.`);
  }
}
