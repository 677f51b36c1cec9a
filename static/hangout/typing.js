/* Who is writing just now, and telling that one is. */

const SHOWN_FOR = 10_000; // milliseconds, as is the next
const TOLD_EVERY = 3_000;
const NAMED = 3;

export class Typing {
  constructor(line, { tell }) {
    this.line = line;
    this.tell = tell;
    this.people = new Map();
    this.toldAt = -Infinity;
  }

  heard({ id, name }) {
    clearTimeout(this.people.get(id)?.timer);
    this.people.set(id, { name, timer: setTimeout(() => this.stopped(id), SHOWN_FOR) });
    this.show();
  }

  /** Their message came, or nothing more was heard. */
  stopped(id) {
    clearTimeout(this.people.get(id)?.timer);
    if (this.people.delete(id)) this.show();
  }

  stop() {
    for (const id of [...this.people.keys()]) this.stopped(id);
  }

  wrote() {
    if (performance.now() - this.toldAt < TOLD_EVERY) return;
    if (this.tell()) this.toldAt = performance.now();
  }

  /** One's own message went out: the next one begins anew. */
  said() {
    this.toldAt = -Infinity;
  }

  show() {
    const names = [...this.people.values()].map((one) => one.name);
    const list = new Intl.ListFormat("en", { type: "conjunction" });
    this.line.textContent =
      names.length > NAMED ? "Several people are typing…"
      : names.length ? `${list.format(names)} ${names.length === 1 ? "is" : "are"} typing…`
      : "";
  }
}
