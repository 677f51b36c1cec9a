/* Articles with script: code is copied by a button, and pictures are seen large without leaving the page. */

import { offerCopies } from "./article/copying.js";
import { enlarge } from "./article/enlarging.js";

for (const article of document.querySelectorAll(".article")) {
  offerCopies(article);
  enlarge(article);
}
