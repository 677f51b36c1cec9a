/* On pages that do not change by themselves: times in the reader's own zone, and spoilers. */

import { followSounds } from "./hangout/files.js";
import { regroupAll } from "./hangout/grouping.js";
import { coverSpoilers, openSpoilers } from "./hangout/spoilers.js";
import { labelClock, labelWritten } from "./hangout/times.js";

for (const list of document.querySelectorAll(".messages, .heard, .about, .who, .session-list")) {
  for (const time of list.querySelectorAll(".when time, .at")) labelClock(time);
  labelWritten(list);
  coverSpoilers(list);
  openSpoilers(list);
  followSounds(list);
  if (list.matches(".messages")) regroupAll(list);
}
