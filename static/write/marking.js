/* Marks around what is chosen, by button and by key, so that undoing takes them away again. */

const AROUND = { bold: "**", slanted: "*" };
const KEYS = { b: "bold", i: "slanted", k: "link" };

/** Puts text where the caret is, or in place of what is chosen. */
export function insert(field, text) {
  field.focus();
  // Deprecated, and all the same the only way that the browser can undo.
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
}

export function mark(field, how) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  if (how === "link") return link(field, chosen, start);
  const sign = AROUND[how];
  insert(field, `${sign}${chosen}${sign}`);
  field.setSelectionRange(start + sign.length, start + sign.length + chosen.length);
}

function link(field, chosen, start) {
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  insert(field, isAddress ? `[](${chosen})` : `[${chosen}](https://)`);
  if (isAddress) field.setSelectionRange(start + 1, start + 1);
  else field.setSelectionRange(start + chosen.length + 3, start + chosen.length + 11);
}

/** A picture stands in a paragraph of its own. */
export function insertPicture(field, alt, url) {
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionEnd);
  const start = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const end = after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  insert(field, `${start}![${alt.replace(/[\\[\]]/g, "\\$&")}](${url})${end}`);
}

export function listenToKeys(form, field, { save }) {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    const how = event.target === field ? KEYS[key] : undefined;
    if (key !== "s" && !how) return;
    event.preventDefault();
    if (how) mark(field, how);
    else save();
  });
}
