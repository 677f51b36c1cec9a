/* The colour switch without a reload. Without this file it is a form that comes back to the page. */

const NEXT = { system: "light", light: "dark", dark: "system" };
const WORDS = { system: "like your system", light: "light", dark: "dark" };
const BARS = { light: "#f4efe6", dark: "#1a1423" };

const root = document.documentElement;
const form = document.querySelector("form.theme");
const button = form?.querySelector("button");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const theme = button.value;
  const body = new URLSearchParams({ theme, next: location.pathname });
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // a lost cookie only means asking again
  show(theme);
  try {
    localStorage.setItem("theme", theme); // other tabs hear of it
  } catch {
    // storage may be switched off
  }
});

addEventListener("storage", (event) => {
  if (event.key === "theme" && event.newValue in NEXT) show(event.newValue);
});

function show(theme) {
  root.dataset.theme = theme;
  button.value = NEXT[theme];
  button.title = `Colours: ${theme}`;
  form.querySelector(".theme-now").textContent = WORDS[theme];
  for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
    bar.content = BARS[theme] ?? (bar.media.includes("dark") ? BARS.dark : BARS.light);
  }
}
