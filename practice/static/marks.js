// Discord's markup, shown lightly. Text is cut into pieces by one expression and every piece becomes a node.
import { element } from "./dom.js";

const PIECE = new RegExp(
  [
    "```(?:[\\w+-]*\\n)?(?<block>[\\s\\S]+?)```", "`(?<code>[^`\\n]+)`", "\\*\\*(?<bold>[\\s\\S]+?)\\*\\*(?!\\*)",
    "__(?<under>[\\s\\S]+?)__(?!_)", "~~(?<strike>[\\s\\S]+?)~~", "\\|\\|(?<spoiler>[\\s\\S]+?)\\|\\|",
    "\\*(?<italic>[^\\s*](?:[^*]*[^\\s*])?)\\*", "\\b_(?<lean>[^_]+)_\\b", "^> (?<quote>.*)$",
    "<@!?(?<user>\\d+)>", "<@&(?<role>\\d+)>", "<#(?<channel>\\d+)>", "<a?:(?<emoji>\\w+):(?<emojiId>\\d+)>",
    "<t:(?<time>-?\\d+)(?::[tTdDfFR])?>", "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>https?://[^\\s)]+)\\)",
    "(?<link>https?://[^\\s<>]+)", "(?<loud>@(?:everyone|here)\\b)", "\\\\(?<escaped>[^\\w\\s])",
  ].join("|"),
  "gm",
);
const INLINE = { bold: "strong", under: "u", strike: "s", italic: "em", lean: "em", quote: "blockquote" };

/** Nodes for a text; `names` knows people and channels by id. */
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
  if (found.role) return mention(`@role ${found.role}`);
  if (found.channel) return mention(`#${names.channels.get(found.channel) ?? found.channel}`);
  if (found.loud) return mention(found.loud);
  if (found.emoji) return emoji(found.emoji, found.emojiId);
  if (found.time) return element("time", {}, new Date(Number(found.time) * 1000).toLocaleString());
  if (found.link || found.target) return link(found.link ?? found.target, found.label);
  return found.escaped ?? whole;
}

const mention = (text) => element("span", { className: "mention" }, text);
const link = (href, label) => element("a", { href, rel: "noreferrer noopener", target: "_blank" }, label ?? href);
export const emoji = (name, id) =>
  element("img", { className: "emoji", src: `/emojis/${id}.png`, alt: `:${name}:`, title: `:${name}:` });
