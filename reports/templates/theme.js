/* The reader's choice of light or dark, before anything is drawn. Storage may be closed to local files. */
"use strict";
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("fer-xai-theme");
  } catch {
    chosen = null;
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
