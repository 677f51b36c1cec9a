/* Forms sent without leaving the page. Nothing here throws: who asks is told a sentence. */

const NOBODY = "The house did not answer. Please try again in a moment.";

export function ask(address, fields) {
  return answered(address, { method: "POST", body: new URLSearchParams(fields) });
}

export async function answered(address, options = {}) {
  try {
    const answer = await fetch(address, {
      ...options,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000), // milliseconds
    });
    const body = await answer.json();
    return { ok: answer.ok, body, code: body.error?.code, sentence: body.error?.message ?? NOBODY };
  } catch {
    return { ok: false, body: null, sentence: NOBODY };
  }
}
