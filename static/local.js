/* On pages that do not change by themselves: times in the reader's own zone, and spoilers that stay open. */

import { regroupAll } from "./hangout/grouping.js";
import { openSpoilers } from "./hangout/spoilers.js";
import { labelClock, labelWritten } from "./hangout/times.js";

for (const list of document.querySelectorAll(".messages, .heard")) {
  for (const time of list.querySelectorAll(".when time, .at")) labelClock(time);
  labelWritten(list);
  openSpoilers(list);
  if (list.matches(".messages")) regroupAll(list);
}
