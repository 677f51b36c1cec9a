/* Spoilers show on hover and focus without script; a click or Enter keeps them open. */

export function openSpoilers(list) {
  const toggle = (spoiler) => {
    if (!spoiler.classList.toggle("shown")) spoiler.blur();
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
