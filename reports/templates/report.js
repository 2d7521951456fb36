/* What every page gains from scripts: a switch for the theme, tables to copy, a slider over the maps of a gallery. */
"use strict";
(() => {
  const root = document.documentElement;
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  /* Theme */
  const THEMES = ["system", "light", "dark"];
  function setTheme(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      localStorage.setItem("fer-xai-theme", theme);
    } catch {
      /* The choice then holds for this page only. */
    }
    showTheme();
  }
  function showTheme() {
    const theme = root.dataset.theme || "system";
    const media = { system: "screen and (prefers-color-scheme:dark)", light: "not all", dark: "screen" }[theme];
    for (const source of document.querySelectorAll("picture source")) source.media = media;
    for (const button of document.querySelectorAll(".theme")) button.textContent = `Theme: ${theme}`;
  }
  function addThemeSwitch(header) {
    const button = make("button", { type: "button", className: "theme quiet" });
    button.addEventListener("click", () => {
      const now = THEMES.indexOf(root.dataset.theme || "system");
      setTheme(THEMES[(now + 1) % THEMES.length]);
    });
    header.prepend(button);
  }

  /* Tables */
  function words(cell) {
    const copy = cell.cloneNode(true);
    for (const unread of copy.querySelectorAll("svg, [aria-hidden=true]")) unread.remove();
    for (const part of copy.querySelectorAll("small, div")) part.prepend(" ");
    const text = copy.textContent.replace(/\s+/g, " ").trim().replace(/\u2212/g, "-");
    if (text === "\u2013") return "";
    const number = /^[+-]?[\d,]*\.?\d+$/.test(text);
    if (number) return text.replace(/[+,]/g, "");
    /* What a spreadsheet would take for a formula is text here. */
    return /^[=+\-@]/.test(text) ? `'${text}` : text;
  }
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  function csv(table) {
    const lines = [...table.rows].map((row) =>
      [...row.cells].filter((cell) => !cell.matches(".plot, .axis")).map((cell) => quoted(words(cell))).join(","));
    return `${lines.join("\r\n")}\r\n`;
  }
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = make("textarea", { value: text, className: "unseen" });
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }
  function addCopying(box) {
    const table = box.querySelector("table");
    if (!table || table.getAttribute("role") === "presentation") return;
    const name = (table.caption ? table.caption.textContent : box.getAttribute("aria-label")).trim();
    const button = make("button", { type: "button", className: "copy quiet" }, "Copy as CSV");
    button.setAttribute("aria-label", `Copy as CSV: ${name}`);
    button.addEventListener("click", async () => {
      const done = await copied(csv(table));
      button.textContent = done ? "Copied" : "Could not copy";
      says.textContent = `${name}: ${done ? "copied" : "could not be copied"}`;
      setTimeout(() => (button.textContent = "Copy as CSV"), 2000);
    });
    const frame = make("div", { className: "copied" });
    box.replaceWith(frame);
    frame.append(box, button);
  }

  /* What is wider than its place fades where there is more to see. */
  const fade = (box) => box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  const watched = new ResizeObserver((entries) => entries.forEach(({ target }) => fade(target)));
  function addFading(box) {
    box.addEventListener("scroll", () => fade(box), { passive: true });
    watched.observe(box);
  }

  /* Galleries: each map lies on its own face, and one slider fades all of them. */
  function addSlider(gallery) {
    const shots = [...gallery.querySelectorAll(".face .shots figure > img")];
    if (!shots.length) return;
    for (const map of shots) {
      const face = map.closest(".face").querySelector(".top img").cloneNode();
      face.alt = "";
      const stack = make("div", { className: "stack" });
      map.replaceWith(stack);
      stack.append(face, map);
    }
    const slider = make("input", { type: "range", min: 0, max: 100, value: 100 });
    slider.addEventListener("input", () => gallery.style.setProperty("--blend", slider.value / 100));
    const label = make("label", { className: "blend" }, make("span", {}, "Face"), slider, make("span", {}, "Map"));
    slider.setAttribute("aria-label", "From the face to the map");
    gallery.querySelector("h2").after(label);
  }

  const says = make("p", { className: "unseen", role: "status" });
  document.body.append(says);
  for (const header of document.querySelectorAll("header .wrap")) addThemeSwitch(header);
  showTheme();
  for (const box of document.querySelectorAll(".box")) addCopying(box);
  for (const box of document.querySelectorAll(".box, .chart")) addFading(box);
  for (const gallery of document.querySelectorAll("section.gallery")) addSlider(gallery);
})();
