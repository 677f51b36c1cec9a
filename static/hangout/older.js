/* Older pages, by the link at the top or by scrolling there. Without script the link leads to a page of its own. */

import { history } from "./http.js";

export class Older {
  /** `brought()` is called when an older page is in the list. */
  constructor(edge, beginning, { address, messages, scrolling, announcing, brought }) {
    Object.assign(this, { edge, beginning, address, messages, scrolling, announcing, brought });
    this.link = edge.querySelector("a");
    this.coming = null;
    this.link.addEventListener("click", (event) => {
      event.preventDefault();
      this.bring();
    });
    new IntersectionObserver(([entry]) => entry.isIntersecting && !scrolling.isAtEnd && this.bring(), {
      root: scrolling.scroller,
      rootMargin: "300px 0px 0px",
    }).observe(edge);
  }

  /** Resolves to whether a page came; who asks while one is on its way gets the same. */
  bring() {
    this.coming ??= this.fetch().finally(() => (this.coming = null));
    return this.coming;
  }

  async fetch() {
    const { messages, scrolling } = this;
    if (!messages.first) return false;
    this.link.setAttribute("aria-busy", "true");
    const answer = await history(this.address, { before: messages.first.dataset.id }).catch(() => null);
    this.link.removeAttribute("aria-busy");
    this.link.textContent = answer?.ok ? "Older messages" : "That did not work. Try again";
    if (!answer?.ok) return false;
    this.announcing.hush();
    scrolling.keepPlace(() => {
      messages.prepend(answer.body.messages);
      messages.hasOlder = answer.body.more;
      this.show();
      this.brought();
    });
    return true;
  }

  /** Shows the link, or that there is nothing older. */
  show() {
    const { hasOlder } = this.messages;
    if (!hasOlder && document.activeElement === this.link) this.scrolling.scroller.focus({ preventScroll: true });
    this.edge.hidden = !hasOlder;
    this.beginning.hidden = hasOlder;
  }
}
