// What can hang on a message: files, stickers, forwards, polls, embeds, threads; and the lines of Discord's own.
import { element } from "./dom.js";
import { drawn } from "./marks.js";

/** Files of a message: pictures inline, sound and film with controls, spoilers under a cover. */
export function files(listed, voice = false) {
  if (!listed.length) return null;
  return element("div", { className: "files" }, ...listed.map((file) => covered(file, voice ? voiceNote(file) : fileShown(file))));
}

function fileShown(file) {
  const kind = file.content_type.split("/")[0];
  if (kind === "audio") return element("audio", { src: file.url, controls: true, preload: "metadata", title: file.title ?? file.filename });
  if (kind === "video") return element("video", { src: file.url, controls: true, preload: "metadata", width: file.width ?? 320 });
  const link = element("a", { href: file.url, target: "_blank", rel: "noreferrer" });
  const picture = kind === "image" && file.width;
  link.append(picture ? element("img", { src: file.url, alt: file.description ?? file.filename, width: file.width, height: file.height }) : `${file.title ?? file.filename} (${file.size} bytes)`);
  return link;
}

function voiceNote(file) {
  const bars = [...atob(file.waveform ?? "")].slice(0, 48).map((each) => {
    const bar = element("i");
    bar.style.height = `${10 + (each.charCodeAt(0) / 255) * 90}%`;
    return bar;
  });
  const sound = element("audio", { src: file.url, controls: true, preload: "metadata" });
  return element("div", { className: "voice" }, element("span", { className: "bars", "aria-hidden": "true" }, ...bars), `Voice message, ${file.duration_secs} s`, sound);
}

function covered(file, shown) {
  if (!((file.flags ?? 0) & 8)) return shown;
  const lid = element("button", { type: "button", className: "lid" }, "Spoiler: show");
  const box = element("div", { className: "covered" }, shown, lid);
  shown.inert = true;
  lid.addEventListener("click", () => { shown.inert = false; box.classList.add("open"); lid.remove(); });
  return box;
}

/** Stickers as pictures; the Lottie ones by name, for drawing those would need a library. */
export function stickers(listed) {
  if (!listed?.length) return null;
  const shown = listed.map((each) => {
    if (each.format_type === 3) return element("span", { className: "sticker named" }, `Sticker: ${each.name}`);
    const extension = each.format_type === 4 ? "gif" : "png";
    return element("img", { className: "sticker", src: `/stickers/${each.id}.${extension}`, alt: `Sticker: ${each.name}`, width: 80, height: 80 });
  });
  return element("div", { className: "files" }, ...shown);
}

export function forwarded(message, page) {
  const copies = message.message_snapshots ?? [];
  if (!copies.length) return null;
  const from = page.names.channels.get(message.message_reference.channel_id);
  const shown = copies.map(({ message: copy }) =>
    element("div", {}, element("div", { className: "content" }, ...drawn(copy.content, page.names)), files(copy.attachments, Boolean(copy.flags & 8192)), stickers(copy.sticker_items), ...copy.embeds.map((each) => embedded(each, page))));
  return element("div", { className: "forward" }, element("p", { className: "aside" }, `↪ Forwarded${from ? ` from #${from}` : ""}`), ...shown);
}

export function poll(message, page) {
  const asked = message.poll;
  if (!asked) return null;
  const over = asked.results.is_finalized;
  const total = Object.values(message.votes).reduce((sum, voters) => sum + voters.length, 0);
  const answers = asked.answers.map(({ answer_id: id, poll_media: media }) => {
    const voters = message.votes[id];
    const mark = media.emoji ? `${media.emoji.name} ` : "";
    const share = element("meter", { min: 0, max: Math.max(total, 1), value: voters.length, "aria-hidden": "true" });
    const button = element("button", { type: "button", disabled: over, "aria-pressed": String(voters.includes(page.me())) }, `${mark}${media.text} `, share, ` ${voters.length}`);
    button.addEventListener("click", () => page.vote(message, id));
    return button;
  });
  const until = over ? "Over" : `Open until ${new Date(asked.expiry).toLocaleString()}`;
  const how = asked.allow_multiselect ? "several answers" : "one answer";
  return element("div", { className: "poll" }, element("strong", {}, asked.question.text), ...answers, element("p", { className: "aside" }, `${total} votes, ${how}. ${until}`));
}

export function embedded(embed, page) {
  const name = embed.title ? element("strong", {}, ...drawn(embed.title, page.names)) : null;
  const title = name && embed.url && embed.type === "rich" ? element("a", { href: embed.url, rel: "noreferrer noopener", target: "_blank" }, name) : name;
  const author = embed.author ? element("p", { className: "aside" }, embed.author.name) : null;
  const image = shownPicture(embed.image, "wide", 320, 168);
  const footer = embed.footer ? element("p", { className: "aside" }, embed.footer.text) : null;
  const site = embed.provider ? element("p", { className: "aside" }, embed.provider.name) : null;
  const fields = (embed.fields ?? []).map((each) => element("p", {}, `${each.name.replaceAll("_", " ")}: `, ...drawn(each.value, page.names)));
  const text = element("div", { className: "content" }, ...drawn(embed.description ?? "", page.names));
  const picture = shownPicture(embed.thumbnail, "", 80, 80);
  const address = embed.url && title === name ? element("a", { href: embed.url, rel: "noreferrer noopener", target: "_blank" }, embed.url) : null;
  return element("div", { className: "embed" }, site, author, title, text, ...fields, picture, image, address, footer);
}

function shownPicture(picture, className, width, height) {
  return picture?.nearby?.startsWith("/") ? element("img", { src: picture.nearby, alt: picture.description ?? "", className, width, height }) : null;
}

export function threadLink(message, page) {
  if (!message.thread) return null;
  const button = element("button", { type: "button", className: "thread" }, `↳ ${message.thread.name} (${message.thread.message_count})`);
  button.addEventListener("click", () => page.open(message.thread.id));
  return element("div", { className: "row" }, button);
}

/** The words of a message that Discord wrote by itself. */
export function systemText(message, page) {
  const name = message.author_name;
  const original = message.referenced_message?.content ?? "";
  const words = {
    4: `${name} changed the name to ${message.content}`, 6: `📌 ${name} pinned a message`, 7: `→ ${name} joined`,
    8: `◆ ${name} boosted the guild`, 18: `↳ ${name} started a thread: ${message.content}`,
    21: `↱ The thread began with: ${original}`, 46: pollOver(message),
  };
  return words[message.type] ?? `${name}: ${message.content}`;
}

function pollOver(message) {
  const told = Object.fromEntries((message.embeds[0]?.fields ?? []).map((each) => [each.name, each.value]));
  const won = told.victor_answer_text ? `${told.victor_answer_text} won with ${told.victor_answer_votes} of ${told.total_votes}` : "nobody won";
  return `${message.author_name}'s poll is over: ${told.poll_question_text} ${won}`;
}
