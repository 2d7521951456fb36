/* A report in one file: the page that the address names is shown, the others are hidden. */
"use strict";
(() => {
  const pages = [...document.querySelectorAll(".page")];
  const faces = document.querySelector("[data-part=filters]").closest(".page");
  const found = (name) => (name ? document.getElementById(name) : null);
  function turn(scrolling) {
    const name = location.hash.slice(1);
    let target = found(name);
    if (!target) {
      try {
        target = found(decodeURIComponent(name));
      } catch {
        target = null;
      }
    }
    const searching = /(^|&)(face|label|called|answer|low|high|method|order|region)=/.test(name);
    const page = target?.closest(".page") ?? (searching ? faces : pages[0]);
    for (const other of pages) other.hidden = other !== page;
    document.title = page.dataset.title;
    if (!scrolling) return;
    if (target && !target.matches(".page")) target.scrollIntoView();
    else if (!searching) window.scrollTo(0, 0);
  }
  document.documentElement.dataset.scripted = "";
  turn(Boolean(location.hash));
  window.addEventListener("hashchange", () => turn(true));
})();
