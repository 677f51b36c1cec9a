/* Where the reader is in the room. The scroller stands upside down (hangout.css): 0 is its end, less is further back. */

const NEAR = 48; // pixels from the end that still count as being there

export class Scrolling {
  constructor(scroller, pill, { arrived }) {
    this.scroller = scroller;
    this.pill = pill;
    this.arrived = arrived;
    this.unseen = 0;
    scroller.addEventListener("scroll", () => this.isAtEnd && this.seen(), { passive: true });
    pill.addEventListener("click", () => {
      this.toEnd();
      scroller.focus({ preventScroll: true });
    });
  }

  get isAtEnd() {
    return Math.abs(this.scroller.scrollTop) < NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = 0;
    this.seen();
  }

  seen() {
    this.unseen = 0;
    this.pill.hidden = true;
    this.arrived();
  }

  /** Changes the list without moving what is being read. */
  keepPlace(change) {
    if (this.isAtEnd) {
      change();
      this.scroller.scrollTop = 0;
      return;
    }
    const anchor = this.whatIsRead();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  whatIsRead() {
    const box = this.scroller.getBoundingClientRect();
    for (const y of [0.5, 0.25, 0.75]) {
      const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * y);
      const item = found?.closest(".message");
      if (item) return item;
    }
    return null;
  }

  offer(count) {
    this.unseen += count;
    this.pill.hidden = false;
    this.pill.textContent = this.unseen === 1 ? "↓ One new message" : `↓ ${this.unseen} new messages`;
  }
}

/** On iOS the keyboard covers the page instead of shrinking it: then the room is as tall as what can be seen. */
export function followKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    const covered = window.innerHeight - view.height * view.scale;
    const style = document.documentElement.style;
    if (covered > 60) style.setProperty("--view-height", `${view.height}px`);
    else style.removeProperty("--view-height");
    if (covered > 60) window.scrollTo(0, 0);
  };
  view.addEventListener("resize", fit);
}
