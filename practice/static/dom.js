// Small things that the page's other scripts share: making elements, and talking to the practice Discord.

/** An element with properties and children; strings become text nodes, so nothing is ever read as HTML. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Posts JSON (or a form) to /practice/NAME; gives the answer, or throws an Error with the sentence to show. */
export async function post(name, body) {
  const form = body instanceof FormData;
  const response = await fetch(`/practice/${name}`, {
    method: "POST",
    headers: form ? {} : { "Content-Type": "application/json" },
    body: form ? body : JSON.stringify(body),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(sentence(answer));
  return answer;
}

function sentence(answer) {
  const problems = [];
  const walk = (part) => {
    for (const [name, inner] of Object.entries(part ?? {})) {
      if (name === "_errors") problems.push(...inner.map((each) => each.message));
      else if (typeof inner === "object") walk(inner);
    }
  };
  walk(answer.errors);
  return [answer.message, ...problems].join(": ");
}

/** Runs something that may be refused, and shows why in `place`. */
export async function attempt(place, work) {
  place.textContent = "";
  try {
    return await work();
  } catch (error) {
    place.textContent = error.message;
    return undefined;
  }
}
