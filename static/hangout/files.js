/* Files as they hang below words, drawn as templates/hangout/_files.html draws them: a change here is one there. */

import { element } from "./elements.js";

const WIDEST = 480; // pixels, as is the next
const HIGHEST = 320;
export const UNDESCRIBED = "A picture"; // its file's name would tell nobody anything
const COVERED = { picture: "a picture", video: "a video", audio: "a recording", file: "a file" };
const DRAWN = { picture, video, audio, file: card };

export function drawFiles(files) {
  return element("ul", { class: "files" }, ...files.map((file) => element("li", {}, covered(file))));
}

export function drawStickers(stickers) {
  return element("p", { class: "stickers" }, ...stickers.map(sticker));
}

/** A picture's box is worked out beforehand, so that nothing moves when the picture comes. */
export function box(width, height) {
  return {
    width: Math.max(1, Math.min(width, WIDEST, Math.floor((width * HIGHEST) / height))),
    height: Math.max(1, Math.min(height, HIGHEST, Math.floor((height * WIDEST) / width))),
  };
}

export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999500) return `${Math.floor((bytes + 500) / 1000)} kB`;
  const tenths = Math.floor((bytes + 50000) / 100000);
  return `${Math.floor(tenths / 10)}.${tenths % 10} MB`;
}

/** How far a sound has played is told from when it has begun; before, its player knows nothing. */
export function followSounds(list) {
  list.addEventListener("play", ({ target }) => target.classList.add("begun"), true);
}

function covered(file) {
  const drawn = DRAWN[file.kind](file);
  if (!file.spoiler) return drawn;
  return element("details", { class: "cover" }, element("summary", {}, `Spoiler: ${COVERED[file.kind]}`), drawn);
}

function picture(file) {
  const { width, height } = box(file.width, file.height);
  const copies = [...file.srcset, { url: file.url, width: file.width }].map((one) => `${one.url} ${one.width}w`);
  const narrower = file.srcset.length && { srcset: copies.join(", "), sizes: `${width}px` };
  const image = element("img", {
    src: file.srcset[0]?.url ?? file.url, ...narrower, alt: file.alt || UNDESCRIBED, width, height,
    loading: "lazy", decoding: "async",
  });
  return element("a", { class: "look", href: file.url }, image);
}

function video(file) {
  const name = file.alt || file.name;
  const { width, height } = box(file.width || WIDEST, file.height || 270);
  return element("video", {
    controls: true, preload: "metadata", playsinline: true, src: file.url, "aria-label": name, width, height,
  });
}

function audio(file) {
  const words = file.voice ? "Voice message" : file.name;
  const length = element("small", {}, file.duration ? lengthOf(file.duration) : sizeOf(file.size));
  const name = file.voice ? words : file.alt || file.name;
  const player = element("audio", { controls: true, preload: "none", src: file.url, "aria-label": name });
  return element("figure", { class: "sound" }, element("figcaption", {}, `${words} `, length), player);
}

function card(file) {
  const name = element("b", {}, file.name);
  const size = element("small", {}, sizeOf(file.size));
  return element("a", { class: "file", href: file.url, download: file.name }, name, " ", size);
}

function lengthOf(seconds) {
  const whole = Math.trunc(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function sticker({ name, url }) {
  if (!url) return element("span", { class: "sticker-name" }, `Sticker: ${name}`);
  return element("img", {
    class: "sticker", src: url, alt: `Sticker: ${name}`, width: 128, height: 128, loading: "lazy", decoding: "async",
  });
}
