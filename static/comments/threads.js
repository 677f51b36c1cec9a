/* The threads as they stand on the page: where a comment belongs, and how one that was there is brought up to date. */

import { fill } from "../hangout/elements.js";
import { coverSpoilers, openSpoilers } from "../hangout/spoilers.js";
import { labelWritten } from "../hangout/times.js";

// As the server writes them (web/days.py), only in another zone: the pages are in English whatever the browser is in.
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export class Threads {
  constructor(place) {
    this.place = place;
    this.list = place.querySelector(".threads");
    this.isNewest = place.dataset.newest === "true";
    if (this.list) openSpoilers(place);
  }

  find(id) {
    return this.place.querySelector(`#comment-${CSS.escape(id)}`);
  }

  /** Times in the reader's own zone, lids on spoilers. */
  dress(part) {
    for (const time of part.querySelectorAll(".said-by time")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.getTime())) time.textContent = `${day.format(at)}, ${clock.format(at)}`;
    }
    labelWritten(part);
    coverSpoilers(part);
  }

  /** Draws a comment that is new, or changes one that is there; what only its reader sees of it stays. */
  put({ id, top, html }) {
    const drawn = this.draw(html);
    const there = this.find(id);
    if (!there) return this.add(drawn, top);
    for (const part of [".content", ".votes", ".edited"]) this.replace(there, drawn, part);
    return there;
  }

  /** One's own, as only its author sees it; others may have been told of it first. */
  putOwn({ id, top, html }) {
    const there = this.find(id);
    if (!there) return this.put({ id, top, html });
    const drawn = this.draw(html);
    there.replaceWith(drawn);
    return drawn;
  }

  draw(html) {
    const box = document.createElement("div");
    const drawn = fill(box, html).firstElementChild;
    this.dress(drawn);
    return drawn;
  }

  replace(there, drawn, part) {
    const [before, now] = [there.querySelector(part), drawn.querySelector(part)];
    if (before && now) before.replaceWith(now);
    else if (before && part === ".edited") before.remove();
    else if (now && part === ".edited") there.querySelector(".said-by")?.append(now);
  }

  add(drawn, top) {
    const item = document.createElement("li");
    item.append(drawn);
    drawn.classList.add("fresh");
    if (top) {
      const replies = this.find(top)?.closest(".thread")?.querySelector(".replies");
      replies?.append(item);
      return replies ? drawn : null;
    }
    if (!this.isNewest) return null; // it belongs on another page
    item.className = "thread";
    item.dataset.top = drawn.dataset.id;
    const replies = document.createElement("ol");
    replies.className = "replies";
    item.append(replies);
    this.list.append(item);
    this.place.querySelector(".nobody")?.setAttribute("hidden", "");
    return drawn;
  }

  /** What others answer stays, under a sign that something was here. */
  remove(id) {
    const there = this.find(id);
    if (!there) return;
    const item = there.closest("li");
    if (item.querySelector(".replies > li")) {
      const gone = document.createElement("p");
      gone.className = "gone";
      gone.textContent = "This comment was deleted.";
      there.replaceChildren(gone);
    } else item.remove();
  }

  count(many) {
    const said = this.place.querySelector(".how-many");
    if (!said) return;
    said.textContent = many;
    this.place.querySelector(".noun").textContent = many === 1 ? "comment" : "comments";
  }

  say(words) {
    const news = this.place.querySelector(".comment-news");
    if (news) news.textContent = words;
  }
}
