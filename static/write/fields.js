/* What stands in the editor's form, as plain values, and how the words of two forms are compared. */

const NOT_KEPT = ["seen", "act", "at", "picture", "picture_alt", "cover_file"];

export function read(form) {
  const fields = Object.fromEntries(new FormData(form));
  for (const name of NOT_KEPT) delete fields[name];
  return fields;
}

export function fill(form, fields) {
  for (const one of form.elements) {
    if (!one.name || NOT_KEPT.includes(one.name) || one.tagName === "BUTTON") continue;
    if (one.type === "checkbox") one.checked = one.name in fields;
    else if (one.type === "radio") one.checked = fields[one.name] === one.value;
    else one.value = fields[one.name] ?? "";
  }
}

export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A number for the words alone, without the space that the site takes off: enough to know one's own again. */
export function mark({ title = "", body = "", summary = "" }) {
  let sum = 0;
  for (const character of [title.trim(), body.trim(), summary.trim()].join("\n\n")) {
    sum = (Math.imul(sum, 31) + character.codePointAt(0)) | 0;
  }
  return sum;
}
