/* Older pages, by the link at the top or by scrolling there. Without script the link leads to a page of its own. */

import { history } from "./http.js";

export function bringOlder(link, { address, messages, scrolling, announcing, unread }) {
  if (!link) return;
  const edge = link.parentElement;
  let isBusy = false;

  async function bring() {
    if (isBusy || !messages.first) return;
    isBusy = true;
    link.setAttribute("aria-busy", "true");
    const answer = await history(address, { before: messages.first.dataset.id, limit: 50 }).catch(() => null);
    isBusy = false;
    link.removeAttribute("aria-busy");
    if (!answer?.ok) return void (link.textContent = "That did not work. Try again");
    announcing.hush();
    scrolling.keepPlace(() => {
      messages.prepend(answer.body.messages);
      if (!answer.body.more) messages.hasOlder = false;
      unread.mark();
    });
    if (answer.body.more) link.textContent = "Older messages";
    else finish();
  }

  function finish() {
    watcher.disconnect();
    if (document.activeElement === link) scrolling.scroller.focus({ preventScroll: true });
    edge.classList.add("beginning");
    edge.textContent = "This is where the hangout begins.";
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    bring();
  });
  const watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && !scrolling.isAtEnd && bring(), {
    root: scrolling.scroller,
    rootMargin: "300px 0px 0px",
  });
  watcher.observe(link);
}
