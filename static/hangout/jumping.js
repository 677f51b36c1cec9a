/* To the message that was answered, or that an address names: older pages are brought until it is there. */

import { compareIds } from "./messages.js";

const PAGES_MAX = 20;
const LIT_FOR = 2_500; // milliseconds

export class Jumping {
  /** `sorry(words)` says why it did not work. */
  constructor(messages, { older, scrolling, announcing, sorry }) {
    Object.assign(this, { messages, older, scrolling, announcing, sorry });
    messages.list.addEventListener("click", (event) => {
      const link = event.target.closest(".reply");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (!link.classList.contains("dead")) this.to(link.dataset.to);
    });
  }

  /** An address may name a message further back than the page. */
  follow() {
    const go = () => {
      const id = /^#m(\d+)$/.exec(location.hash)?.[1];
      if (id) this.to(id);
    };
    addEventListener("hashchange", go);
    go();
  }

  async to(id) {
    const item = this.messages.find(id) ?? (await this.bring(id));
    if (!item || item.matches(".deleting")) return this.sorry("That message is not here any more, or too far back.");
    this.announcing.hush();
    item.scrollIntoView({ block: "center" });
    item.classList.add("found");
    item.querySelector(".more").focus({ preventScroll: true });
    setTimeout(() => item.classList.remove("found"), LIT_FOR);
  }

  async bring(id) {
    for (let page = 0; page < PAGES_MAX && this.messages.hasOlder; page += 1) {
      if (compareIds(this.messages.first?.dataset.id ?? "", id) <= 0) break;
      if (!(await this.older.bring())) break;
      if (this.messages.find(id)) break;
    }
    return this.messages.find(id);
  }
}
