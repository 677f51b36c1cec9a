/* Tells the site how far one has read: when the newest is at hand, and somebody looks. */

const CALM = 150; // milliseconds

export class Reading {
  /** `told` is the seq that the site knows of, `seq()` the newest here; `tell(seq)` says whether it could be told. */
  constructor(list, { told, seq, isAtEnd, tell }) {
    Object.assign(this, { list, told, seq, isAtEnd, tell });
    document.addEventListener("visibilitychange", () => this.look());
  }

  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CALM);
  }

  check() {
    if (document.hidden || !this.isAtEnd() || !this.isNews) return;
    const seq = this.seq();
    if (this.tell(seq)) this.told = seq;
  }

  /** One's own words are not read, and what the other does to older ones needs no answer. */
  get isNews() {
    const theirs = this.list.querySelectorAll(":scope > .message:not(.mine)[data-seq]");
    return Number([...theirs].at(-1)?.dataset.seq ?? 0) > this.told;
  }
}
