/* What only Discord has: forwards, stickers, polls, cards of links, threads. As templates/hangout/_extras.html draws them. */

import { away, element, face, fill } from "./elements.js";
import { drawFiles, drawStickers } from "./files.js";

/** Everything that hangs below the words of a message, in its order. */
export function drawBelow({ kind, attachments, extras }) {
  const { stickers, forward, poll, cards, thread } = extras;
  return [
    forward && drawForward(forward),
    attachments.length > 0 && drawFiles(attachments),
    stickers.length > 0 && drawStickers(stickers),
    poll && drawPoll(poll),
    ...cards.map(drawCard),
    thread && drawThread(thread, kind),
  ].filter(Boolean);
}

function drawForward({ origin, url, html, attachments, stickers }) {
  const from = origin && [" from ", url ? away(url, origin) : origin];
  return element(
    "blockquote",
    { class: "forward" },
    paragraph("origin", "Forwarded", ...(from || [])),
    words("div", html),
    attachments.length > 0 && drawFiles(attachments),
    stickers.length > 0 && drawStickers(stickers),
  );
}

function drawPoll(poll) {
  const total = poll.answers.reduce((sum, answer) => sum + answer.votes, 0);
  return element(
    "div",
    { class: "poll", role: "group", "aria-label": "Poll" },
    paragraph("question", poll.question),
    element("ol", {}, ...poll.answers.map((answer) => drawAnswer(answer, total))),
    paragraph("hint", ...standing(poll, total)),
  );
}

function drawAnswer(answer, total) {
  const label = element("span", { class: "answer" }, ...(answer.emoji ? [face(answer), " "] : []), answer.text);
  const unit = element("span", { class: "unseen" }, answer.votes === 1 ? " vote" : " votes");
  const bar = element("progress", { "aria-hidden": "true", max: total || 1, value: answer.votes });
  return element("li", {}, label, " ", element("span", { class: "votes" }, `${answer.votes}`, unit), bar);
}

function standing({ is_over: isOver, ends_at: end, multiple }, total) {
  const many = multiple ? ", for as many answers as one likes" : "";
  const how = isOver ? "." : `. Votes are given in Discord${many}.`;
  const time = end && element("time", { datetime: end, "data-style": "f" }, `${end.slice(0, 10)} ${end.slice(11, 16)} UTC`);
  const when = isOver ? [", the poll is over"] : end ? [", ends ", time] : [];
  return [total === 1 ? "1 vote" : `${total} votes`, ...when, how];
}

function drawCard({ url, site, title, author, html, fields }) {
  return element(
    "article",
    { class: "card" },
    site && paragraph("site", site),
    title && paragraph("title", url ? away(url, title) : title),
    author && paragraph("by", author),
    html && words("div", html),
    fields.length > 0 && element("dl", {}, ...fields.map(drawField)),
  );
}

function drawField({ name, html }) {
  return element("div", {}, element("dt", {}, name), words("dd", html));
}

/** The line that tells of its beginning has its name already. */
function drawThread({ url, name }, kind) {
  if (kind === "system") return paragraph("thread", away(url, "Open it in Discord"));
  return paragraph("thread", away(url, name), " ", element("small", {}, "a thread in Discord"));
}

function words(tag, html) {
  return fill(element(tag, { class: "content" }), html);
}

function paragraph(name, ...children) {
  return element("p", { class: name }, ...children);
}
