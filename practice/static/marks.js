// Discord's markup, shown lightly. Text is cut into pieces by one expression and every piece becomes a node.
import { element } from "./dom.js";

const PIECE = new RegExp(
  [
    "```(?:[\\w+-]*\\n)?(?<block>[\\s\\S]+?)```", "`(?<code>[^`\\n]+)`", "\\*\\*(?<bold>[\\s\\S]+?)\\*\\*(?!\\*)",
    "__(?<under>[\\s\\S]+?)__(?!_)", "~~(?<strike>[\\s\\S]+?)~~", "\\|\\|(?<spoiler>[\\s\\S]+?)\\|\\|",
    "\\*(?<italic>[^\\s*](?:[^*]*[^\\s*])?)\\*", "\\b_(?<lean>[^_]+)_\\b", "^> (?<quote>.*)$",
    "<@!?(?<user>\\d+)>", "<@&(?<role>\\d+)>", "<#(?<channel>\\d+)>", "<a?:(?<emoji>\\w+):(?<emojiId>\\d+)>",
    "<t:(?<time>-?\\d+)(?::(?<style>[tTdDfFR]))?>", "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>https?://[^\\s)]+)\\)",
    "(?<link>https?://[^\\s<>]+)", "(?<loud>@(?:everyone|here)\\b)", "\\\\(?<escaped>[^\\w\\s])",
  ].join("|"),
  "gm",
);
const INLINE = { bold: "strong", under: "u", strike: "s", italic: "em", lean: "em", quote: "blockquote" };

/** Nodes for a text; `names` knows people, channels and roles by id. */
export function drawn(text, names, depth = 0) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(PIECE)) {
    nodes.push(text.slice(at, match.index), piece(match.groups, names, depth, match[0]));
    at = match.index + match[0].length;
  }
  return [...nodes, text.slice(at)];
}

function piece(found, names, depth, whole) {
  for (const [name, tag] of Object.entries(INLINE)) {
    if (found[name] !== undefined) return depth > 5 ? whole : element(tag, {}, ...drawn(found[name], names, depth + 1));
  }
  if (found.block !== undefined) return element("pre", {}, found.block);
  if (found.code !== undefined) return element("code", {}, found.code);
  if (found.spoiler !== undefined) return element("span", { className: "spoiler", tabIndex: 0 }, found.spoiler);
  if (found.user) return mention(`@${names.people.get(found.user) ?? found.user}`);
  if (found.role) return mention(`@${names.roles.get(found.role) ?? "unknown-role"}`);
  if (found.channel) return mention(`#${names.channels.get(found.channel) ?? found.channel}`);
  if (found.loud) return mention(found.loud);
  if (found.emoji) return emoji(found.emoji, found.emojiId);
  if (found.time) return moment(new Date(Number(found.time) * 1000), found.style ?? "f");
  if (found.link || found.target) return link(found.link ?? found.target, found.label);
  return found.escaped ?? whole;
}

const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const SPANS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** As Discord words it; the whole of it stands in the title. `R` is told from where it was drawn. */
function moment(at, style) {
  if (Number.isNaN(at.getTime())) return "Invalid Date";
  const text = style === "R" ? fromNow((at - Date.now()) / 1000) : at.toLocaleString(undefined, STYLES[style]);
  return element("time", { dateTime: at.toISOString(), title: at.toLocaleString(undefined, STYLES.F) }, text);
}

function fromNow(seconds) {
  const [unit, size] = SPANS.find(([, size]) => Math.abs(seconds) > size * 0.98) ?? ["second", 1]; // almost an hour is one
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

const mention = (text) => element("span", { className: "mention" }, text);
const link = (href, label) => element("a", { href, rel: "noreferrer noopener", target: "_blank" }, label ?? href);
export const emoji = (name, id) =>
  element("img", { className: "emoji", src: `/emojis/${id}.png`, alt: `:${name}:`, title: `:${name}:` });
