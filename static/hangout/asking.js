/* Asking the site by form, and bringing it a picture. */

const JSON_PLEASE = { Accept: "application/json" };

/** Resolves to `{status, ok, body}`; rejects only when nobody answered. `patience` is in milliseconds. */
export async function ask(address, form, patience = 10_000) {
  const options = form ? { method: "POST", body: new URLSearchParams(form) } : {};
  const answer = await fetch(address, { ...options, headers: JSON_PLEASE, signal: AbortSignal.timeout(patience) });
  const body = await answer.json().catch(() => null);
  return { ok: answer.ok && body !== null, body, status: answer.status };
}

export function describe(address, alt) {
  return ask(address, { alt });
}

/** Sends a file. `answer` resolves to `{ok, body, nobody}`, the last when nobody answered; `stop()` breaks it off. */
export function send(address, file, alt, progress) {
  const request = new XMLHttpRequest(); // fetch does not tell how far it is
  const form = new FormData();
  form.set("alt", alt);
  form.set("file", file, file.name || "picture");
  const answer = new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => progress(event.loaded / (event.total || file.size)));
    request.addEventListener("load", () => resolve({ ok: request.status < 300, body: request.response }));
    for (const name of ["error", "timeout"]) request.addEventListener(name, () => resolve({ ok: false, nobody: true }));
  });
  request.open("POST", address);
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json");
  request.timeout = 600_000; // milliseconds
  request.send(form);
  return { answer, stop: () => request.abort() };
}
