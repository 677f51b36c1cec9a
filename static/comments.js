/* Comments below a post, with a script: new ones come by themselves, hearts and forms work in place, and what one writes
   shows as it will be read. Without it every part is a form or a link of its own. */

import { Live } from "./comments/live.js";
import { Threads } from "./comments/threads.js";
import { pressHearts } from "./comments/hearts.js";
import { labelWritten } from "./hangout/times.js";
import { Writing } from "./comments/writing.js";

const place = document.querySelector(".comments");
const threads = new Threads(place);
pressHearts(place);
for (const line of place.querySelectorAll(".standing")) labelWritten(line);
threads.dress(place);
const form = place.querySelector("#write");
if (form) new Writing(place, form, threads);

// A post costs the house a socket only while somebody looks at what is said below it.
if (place.dataset.socket) {
  const live = new Live(place, threads);
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    live.open();
  }, { rootMargin: "600px" });
  watch.observe(place);
}
