/* Spoilers show on focus without script; with it they stay open, and say so to a screen reader. */

export function openSpoilers(list) {
  const toggle = (spoiler) => {
    const shown = spoiler.classList.toggle("shown");
    spoiler.dataset.label ??= spoiler.getAttribute("aria-label") ?? "Spoiler";
    if (shown) spoiler.removeAttribute("aria-label");
    else spoiler.setAttribute("aria-label", spoiler.dataset.label);
    spoiler.setAttribute("aria-expanded", String(shown));
    if (!shown) spoiler.blur();
  };
  list.addEventListener("click", (event) => {
    const spoiler = event.target.closest(".spoiler");
    if (spoiler && !event.target.closest("a")) toggle(spoiler);
  });
  list.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || !event.target.classList.contains("spoiler")) return;
    event.preventDefault();
    toggle(event.target);
  });
}
