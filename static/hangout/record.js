/* What moderators did about whoever reads, told while the page is open, until they say that they have read it. */

import { element } from "./elements.js";

export class Record {
  /** `place` has the notice that the server draws as well; `refused(nonces)` is told what was not let through. */
  constructor(place, { refused = () => {} } = {}) {
    this.notice = place.querySelector(".on-record");
    this.link = place.querySelector(".own-record");
    this.refused = refused;
    this.notice?.querySelector("form").addEventListener("submit", (event) => this.read(event));
  }

  hear({ words, upto, refused }) {
    if (!this.notice) return;
    this.notice.querySelector("ul").replaceChildren(...words.map((one) => element("li", {}, one)));
    this.notice.querySelector("[name=upto]").value = upto ?? "";
    this.notice.hidden = !words.length;
    if (words.length && this.link) this.link.hidden = false;
    this.refused(refused);
  }

  /** Said in place, so that nothing that was begun on the page is lost; where that fails, as a form is sent. */
  async read(event) {
    event.preventDefault();
    const form = event.target;
    const sent = { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" };
    const answer = await fetch(form.action, sent).catch(() => null);
    if (answer?.type === "opaqueredirect") this.notice.hidden = true;
    else form.submit();
  }
}
