/* Making elements. Attributes are set in the order given, as the templates write them. */

// The only policy the page allows. It passes what the server has drawn and cleaned; everything else is set as text.
const trusted = window.trustedTypes?.createPolicy("porchlight", { createHTML: (html) => html });

/** `false`, null and "" among the attributes' values leave one out, but `alt` may be empty; `true` is one without a value. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value || value === 0) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

/** Fills an element with what the server has drawn. */
export function fill(place, html) {
  place.innerHTML = trusted ? trusted.createHTML(html) : html;
  return place;
}

/** An emoji: a character, or the picture of a custom one. */
export function face({ emoji_name: name, emoji_url: url }) {
  if (!url) return element("span", { class: "face" }, name);
  return element("img", { class: "emoji", src: url, alt: name, width: 22, height: 22, loading: "lazy" });
}

/** A link that leads away from this site. */
export function away(url, words) {
  return element("a", { href: url, rel: "nofollow ugc noopener noreferrer" }, words);
}
