/* What a screen reader hears: each message as it comes, or only how many when they come in a crowd. */

const CROWD = 3; // in a second
const CALM = 1500; // milliseconds

export class Announcing {
  constructor(log, speaker) {
    this.log = log;
    this.speaker = speaker;
    this.recent = [];
    this.held = 0;
  }

  /** From here on additions are read out; the history that was there is not. */
  begin() {
    this.log.setAttribute("aria-live", "polite");
    this.hasBegun = true;
  }

  /** Before something is put in that is no news, such as an older page or one's own message in its final form. */
  hush() {
    this.log.setAttribute("aria-live", "off");
    clearTimeout(this.waking);
    this.waking = setTimeout(() => this.wake(), 200);
  }

  /** Before news is put in. */
  expect(count) {
    const now = Date.now();
    this.recent = this.recent.filter((at) => now - at < 1000);
    for (let one = 0; one < count; one += 1) this.recent.push(now);
    if (this.recent.length <= CROWD && !this.held) return;
    this.held += count;
    this.log.setAttribute("aria-live", "off");
    clearTimeout(this.waking);
    this.waking = setTimeout(() => this.wake(), CALM);
  }

  wake() {
    if (this.held) this.speaker.textContent = `${this.held} new messages`;
    this.held = 0;
    if (this.hasBegun) this.log.setAttribute("aria-live", "polite");
  }
}
