// Answers as tables and marks. Text only ever becomes text: nothing here writes markup.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(value < 0.0995 && value > 0 ? 1 : 0)} %`);

function bar(value, kind, mark = null) {
  const height = 12;
  const plot = shape("svg", { height, width: "100%", "aria-hidden": "true" });
  plot.append(shape("rect", { class: "track", width: "100%", height }));
  plot.append(shape("rect", { class: kind, width: `${100 * Math.min(1, Math.max(0, value ?? 0))}%`, height }));
  if (mark !== null) {
    const at = `${100 * Math.min(1, mark)}%`;
    plot.append(shape("line", { class: "chance", x1: at, x2: at, y1: 0, y2: height }));
  }
  return element("td", { class: "plot" }, plot);
}

export function probabilities(body, face) {
  const rows = Object.entries(face.probabilities).map(([emotion, p]) => {
    const row = element("tr", {}, element("th", { scope: "row" }, emotion), bar(p, "one"), element("td", {}, percent(p)));
    if (emotion === face.predicted) row.className = "said";
    return row;
  });
  body.replaceChildren(...rows);
}

export function said(place, face) {
  const p = face.probabilities[face.predicted];
  place.replaceChildren(`${face.predicted}, `, element("small", {}, `given ${percent(p)}`));
}

export function regions(body, rows, level) {
  // A common stretch, so that small shares can be told apart; the numbers stand beside.
  const of = rows.filter((row) => row.level === level && row.area !== null);
  const most = Math.max(0.01, ...of.map((row) => Math.max(row.share ?? 0, row.area)));
  const drawn = of.map((row) => {
    const told = row.share === null ? "–" : percent(row.share);
    const name = element("th", { scope: "row" }, row.name, row.counted ? element("span", { class: "unseen" }, ", counted") : "");
    const line = element("tr", {}, name, bar((row.share ?? 0) / most, "p", row.area / most), element("td", { class: "said" }, `${told} `, element("small", {}, `area ${percent(row.area)}`)));
    if (row.counted) line.className = "mark";
    return line;
  });
  body.replaceChildren(...drawn);
}

export function codebooks(body, rows) {
  const drawn = rows.map((row) => {
    const known = row.mass !== null;
    const units = row.action_units.length ? row.action_units.join(", ") : "none for this emotion";
    const cells = known ? [row.mass, row.area, row.blob].map(percent) : ["–", "–", "–"];
    return element("tr", {}, element("th", { scope: "row" }, row.title), element("td", {}, units), ...cells.map((text) => element("td", {}, text)));
  });
  body.replaceChildren(...drawn);
}

export function fading(box) {
  // What is wider than its place fades where there is more to see.
  const fade = () => box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  box.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(box);
}

export function place(mark, box, mirrored = false) {
  const left = mirrored ? 1 - box.right : box.left;
  mark.style.left = `${100 * left}%`;
  mark.style.top = `${100 * box.top}%`;
  mark.style.width = `${100 * (box.right - box.left)}%`;
  mark.style.height = `${100 * (box.bottom - box.top)}%`;
}

export function boxes(holder, faces, chosen, choose) {
  const one = faces.length === 1;
  const marks = faces.map((face, i) => {
    const name = `Face ${i + 1}: ${face.predicted}`;
    const mark = one
      ? element("div", { class: "box-mark" })
      : element("button", { class: "box-mark", type: "button", "aria-pressed": String(i === chosen), "aria-label": name }, element("span", { "aria-hidden": "true" }, String(i + 1)));
    place(mark, face.box);
    if (!one) mark.addEventListener("click", () => choose(i));
    return mark;
  });
  const all = one && faces[0].box.left === 0 && faces[0].box.right === 1;
  holder.replaceChildren(...(all ? [] : marks));
}

export function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, text]) => element("option", { value }, text)));
  if (chosen !== undefined && pairs.some(([value]) => value === chosen)) select.value = chosen;
}
