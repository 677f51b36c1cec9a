/* What a screen reader hears of the cards: what is news, and not too often. The last thing said wins. */

const CALM = 1_000; // milliseconds, as all here
const APART = 30_000;

export class News {
  constructor(place) {
    this.place = place;
    this.saidAt = -APART;
  }

  tell(before, sentence) {
    if (!sentence || sentence === before) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.saidAt = performance.now();
      this.place.textContent = sentence;
    }, Math.max(CALM, this.saidAt + APART - performance.now()));
  }
}
