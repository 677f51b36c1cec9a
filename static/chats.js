/* The list of chats, kept up to date: when something is told of a chat or a request, what stands on the page is drawn anew. */

import { fill } from "./hangout/elements.js";
import { labelWritten } from "./hangout/times.js";

const CALM = 250; // milliseconds; what comes together is fetched once

const part = document.querySelector(".live-part");
let timer = 0;
let drawn = "";

labelWritten(part);
addEventListener("noted", () => {
  clearTimeout(timer);
  timer = setTimeout(renew, CALM);
});

async function renew() {
  const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = fill(document.createElement("template"), await answer.text());
  const fresh = page.content.querySelector(".live-part");
  if (!fresh || fresh.innerHTML === drawn) return;
  const focused = part.contains(document.activeElement) ? whereIs(document.activeElement) : null;
  drawn = fresh.innerHTML;
  part.replaceChildren(...fresh.childNodes);
  labelWritten(part);
  if (focused) (part.querySelector(focused) ?? document.getElementById("main")).focus({ preventScroll: true });
}

/** Where to find again what has the focus: a chat, or a button of a request. */
function whereIs(element) {
  const request = element.closest(".request");
  if (!request) return element.id ? `#${element.id}` : null;
  return element.value ? `#${request.id} [value="${element.value}"]` : `#${request.id} a`;
}
