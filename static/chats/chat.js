/* What a chat has that the hangout has not: how far each of the two has read. */

import { Reading } from "./reading.js";
import { Ticks } from "./ticks.js";

export class Chat {
  /** `seq()` is the newest seq here; `send(frame)` puts a frame on the socket if there is one. */
  constructor(room, { seq, isAtEnd, send }) {
    const list = room.querySelector(".messages");
    this.room = room;
    const { other, read, theirRead, reading } = room.dataset;
    this.other = other;
    this.ticks = new Ticks(list, Number(theirRead));
    this.reading = new Reading(list, { told: Number(read), seq, isAtEnd, tell: (to) => send({ type: "read", seq: to }) || tellByForm(reading, to) });
  }

  hello({ reads, closed }) {
    if (closed) this.close();
    this.ticks.heard(reads?.[this.other] ?? 0);
    this.look();
  }

  read({ person, seq }) {
    if (person === this.other) this.ticks.heard(seq);
  }

  /** The other has left: what was said stays to be read. */
  close() {
    const composer = this.room.querySelector(".composer");
    const had = composer.contains(document.activeElement);
    composer.hidden = true;
    this.room.querySelector(".over").hidden = false;
    this.room.classList.add("closed");
    if (had) this.room.querySelector(".scroller").focus({ preventScroll: true });
  }

  /** Something came, or the reader did. */
  look() {
    this.reading.look();
  }
}

function tellByForm(address, seq) {
  return fetch(address, { method: "POST", body: new URLSearchParams({ seq }), headers: { Accept: "application/json" } })
    .then((answer) => answer.ok, () => false);
}
