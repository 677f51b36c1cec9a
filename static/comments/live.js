/* What is told while the page is open: comments that come, change and go, drawn by the server for anybody. */

import { Connection } from "../hangout/connection.js";
import { Record } from "../hangout/record.js";
import { answered } from "./asking.js";

export class Live {
  constructor(place, threads) {
    Object.assign(this, { place, threads });
    this.seq = place.dataset.seq;
    this.record = new Record(place);
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
    if (frame.type === "record") this.record.hear(frame);
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
    const isOwn = frame.author === this.place.dataset.you;
    if (isNews && isOwn) this.letIn(frame);
    if (!isNews || isOwn) return;
    const name = shown?.querySelector(".name")?.textContent ?? "somebody";
    this.threads.say(shown ? `New comment by ${name}.` : `New comment by ${name}, on another page.`);
  }

  /** What waited here until now is let in: it does not wait any more, and its author may still change it. */
  async letIn({ id, top }) {
    for (const waits of this.place.querySelectorAll(".waiting-list [data-comment]")) {
      const { ok, body } = await answered(waits.querySelector(".change").href);
      if (!ok || body.id !== id) continue;
      waits.closest("li").remove();
      if (this.threads.find(id)) this.threads.putOwn({ id, top, html: body.html });
      this.threads.say("Your comment is there.");
    }
  }
}
