/* Keeps a panel beside the message that it is about, whatever comes, goes or grows in the list: it moves along, or it
   goes. Where panels lie at the lower edge, the list is lifted until the message stands above the panel. */

const GAP = 12; // pixels that a panel stands above the message's own edge
const AIR = 8; // pixels between a message and the panel at the lower edge

export class Beside {
  /** `stays()` tells whether it may move along; `lost()` is called when it may not, or when the message is out of sight. */
  constructor(panel, room, { stays, lost }) {
    Object.assign(this, { panel, room, stays, lost });
    this.scroller = room.querySelector(".scroller");
    this.item = null;
    const list = room.querySelector(".messages");
    const follow = () => this.item && this.follow();
    new MutationObserver(follow).observe(list, { childList: true, subtree: true });
    const sizes = new ResizeObserver(follow);
    for (const one of [list, this.scroller]) sizes.observe(one);
    this.scroller.addEventListener("scroll", () => this.isSheet || follow(), { passive: true });
  }

  /** On a phone the panel lies at the lower edge, whatever it is about. */
  get isSheet() {
    return getComputedStyle(this.panel).position === "fixed";
  }

  put(item) {
    this.item = item;
    if (this.isSheet) return this.lift();
    this.y = this.wanted();
    this.panel.style.setProperty("--y", `${this.y}px`);
  }

  leave() {
    this.item = null;
    this.room.style.removeProperty("--lift");
  }

  follow() {
    if (!this.item.isConnected) return this.lost();
    if (this.isSheet) return this.lift();
    if (this.wanted() === this.y && this.touches()) return;
    if (!this.touches(this.wanted()) || !this.stays()) return this.lost();
    this.put(this.item);
  }

  /** Over the upper edge of the message, but within the room. */
  wanted() {
    const [top, bounds] = [this.room.getBoundingClientRect().top, this.scroller.getBoundingClientRect()];
    const lowest = bounds.bottom - top - this.panel.offsetHeight - 4;
    const edge = this.item.getBoundingClientRect().top - top - GAP;
    return Math.round(Math.max(bounds.top - top + 4, Math.min(edge, lowest)));
  }

  /** Whether a panel that stands there stands beside its own message. */
  touches(y = this.y) {
    const top = this.room.getBoundingClientRect().top + y;
    const item = this.item.getBoundingClientRect();
    return item.bottom > top + GAP && item.top < top + this.panel.offsetHeight;
  }

  lift() {
    const lifted = parseFloat(this.room.style.getPropertyValue("--lift")) || 0;
    const covered = this.item.getBoundingClientRect().bottom + lifted + AIR - this.panel.getBoundingClientRect().top;
    const least = Math.max(0, Math.round(covered));
    if (least !== lifted) this.room.style.setProperty("--lift", `${least}px`);
  }
}
