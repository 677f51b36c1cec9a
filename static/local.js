/* On pages that do not change by themselves: times in the reader's own zone, spoilers, and whether one is let in again. */

import { followSounds } from "./hangout/files.js";
import { regroupAll } from "./hangout/grouping.js";
import { coverSpoilers, openSpoilers } from "./hangout/spoilers.js";
import { labelClock, labelFully, labelWritten } from "./hangout/times.js";

for (const list of document.querySelectorAll(".messages, .heard, .about, .who, .session-list")) {
  for (const time of list.querySelectorAll(".when time, .at")) labelClock(time);
  labelWritten(list);
  coverSpoilers(list);
  openSpoilers(list);
  followSounds(list);
  if (list.matches(".messages")) regroupAll(list);
}

for (const line of document.querySelectorAll(".standing, .cases, .chosen")) {
  labelWritten(line);
  for (const time of line.querySelectorAll("time:not([data-style])")) labelFully(time);
}
const shut = document.querySelector('main.hangout .standing[data-code="banned"]');
if (shut) setInterval(() => document.hidden || askAgain(), 60_000);
document.addEventListener("visibilitychange", () => shut && !document.hidden && askAgain());

/** Who is banned has no live page: it is looked at now and then whether they may come in again. */
async function askAgain() {
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok ? await answer.text() : "";
  if (page && !page.includes('data-code="banned"')) location.reload();
}
