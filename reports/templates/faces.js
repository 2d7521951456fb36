/* The faces page: filters, order, a map over every face, one face at a time, and an address for all of it. */
"use strict";
const ferxai = (() => {
  const waiting = {};
  /* Data files of a local folder cannot be fetched; they are scripts that call this. */
  const told = (name, value) => waiting[name].resolve(value);
  /* In a report of one file they lie within, compressed. */
  async function unpack(text) {
    const packed = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
    const stream = packed.stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }
  function load(name) {
    if (waiting[name]) return waiting[name].promise;
    const entry = (waiting[name] = {});
    entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    const within = document.querySelector(`script[data-name="${name}"]`);
    if (within) {
      unpack(within.textContent).then(entry.resolve, entry.reject);
    } else {
      const script = document.createElement("script");
      script.src = `faces/${name}.js`;
      script.onerror = () => entry.reject(new Error(`faces/${name}.js is missing`));
      document.head.append(script);
    }
    return entry.promise;
  }
  return { told, load };
})();

(async () => {
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const form = part("filters");
  if (!form) return;
  const fields = form.elements;
  const [sheet, detail, aside] = [part("sheet"), part("detail"), part("regions")];
  const tiles = [...sheet.children];

  function make(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const percent = (value) => (value === null ? "\u2013" : `${Math.round(100 * value)}\u00a0%`);

  const data = await ferxai.load("data");
  const { faces, methods, regions, width, height, ink } = data;
  const size = width * height;
  const grey = bytes(data.grey);
  const sure = faces.map((face) => face.p[data.emotions.indexOf(face.predicted)] / 1000);
  const place = new Map(faces.map((face, index) => [face.id, index]));

  /* State, and its place in the address */
  const START = { label: "", called: "", answer: "", low: "0", high: "100", method: methods[0]?.name ?? "", order: "" };
  let state = { ...START, region: "", face: "" };
  let shown = [];
  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const next = { ...START, region: "", face: "" };
    for (const name of Object.keys(next)) if (asked.has(name)) next[name] = asked.get(name);
    if (!methods.some(({ name }) => name === next.method)) next.method = START.method;
    if (!regions.some(({ name }) => name === next.region)) next.region = "";
    if (!place.has(next.face)) next.face = "";
    if (next.region && !next.order) next.order = "region";
    return next;
  }
  function address(whole) {
    const said = new URLSearchParams();
    if (whole.face) said.set("face", whole.face);
    for (const name of Object.keys(START)) if (whole[name] !== START[name]) said.set(name, whole[name]);
    if (whole.region) said.set("region", whole.region);
    return `#${said}`;
  }
  function change(changes) {
    state = { ...state, ...changes };
    const hash = address(state);
    history.replaceState(null, "", hash === "#" ? form.dataset.home || "#" : hash);
    show();
  }

  /* Which faces, in which order */
  const bit = (region) => 1 << regions.findIndex(({ name }) => name === region);
  const looks = (index) => data.looks[state.method]?.[index] ?? null;
  function times(index, region) {
    const look = looks(index);
    const r = regions.findIndex(({ name }) => name === region);
    return look && look.area[r] && look.share[r] !== null ? look.share[r] / look.area[r] : null;
  }
  function passes(index) {
    const face = faces[index];
    const answer = face.label === null ? "" : face.label === face.predicted ? "right" : "wrong";
    const share = Math.round(100 * sure[index]);
    return (!state.label || face.label === state.label)
      && (!state.called || face.predicted === state.called)
      && (!state.answer || answer === state.answer)
      && share >= Number(state.low) && share <= Number(state.high);
  }
  function ordered(found) {
    const by = {
      sure: (index) => -sure[index],
      unsure: (index) => sure[index],
      region: (index) => -(times(index, state.region) ?? -1),
    }[state.order];
    return by ? [...found].sort((one, other) => by(one) - by(other) || one - other) : found;
  }

  /* Drawing: the overlay of the emotions' pages, pixel for pixel */
  function paint(canvas, index, told) {
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d");
    const picture = pen.createImageData(width, height);
    for (let i = 0; i < size; i++) {
      const level = told.levels[index * size + i] / 127;
      const alpha = ink.strongest * Math.abs(level);
      const colour = level > 0 ? ink.positive : ink.negative;
      const lifted = 30 + grey[index * size + i] * (225 / 255);
      for (let c = 0; c < 3; c++) picture.data[4 * i + c] = Math.round(lifted * (1 - alpha) + colour[c] * alpha);
      picture.data[4 * i + 3] = 255;
    }
    pen.putImageData(picture, 0, 0);
  }
  const opened = {};
  function maps(method) {
    const { file } = methods.find(({ name }) => name === method);
    opened[method] ??= ferxai.load(file).then(({ full, little, maps: text }) => ({ full, little, levels: new Int8Array(bytes(text).buffer) }));
    return opened[method];
  }
  async function paintSheet() {
    const method = state.method;
    if (!method) return;
    const told = await maps(method);
    if (method !== state.method) return;
    for (const index of shown) {
      const stack = tiles[index].querySelector(".stack");
      const canvas = stack.querySelector("canvas") ?? stack.appendChild(make("canvas"));
      if (canvas.dataset.method === method) continue;
      canvas.setAttribute("aria-hidden", "true");
      canvas.dataset.method = method;
      paint(canvas, index, told);
    }
  }

  /* The drawn face */
  const shapes = new Map();
  for (const shape of aside.querySelectorAll("[data-region]")) {
    shapes.set(shape.dataset.region, shape);
    shape.setAttribute("role", "button");
    shape.setAttribute("tabindex", "0");
    const choose = () => {
      const region = state.region === shape.dataset.region ? "" : shape.dataset.region;
      const order = region ? "region" : state.order === "region" ? "" : state.order;
      change({ region, order });
    };
    shape.addEventListener("click", choose);
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
  }
  function shade(value) {
    if (value === null) return "h x";
    const step = Math.min(8, Math.round(16 * Math.abs(value)));
    return step ? `h ${value > 0 ? "p" : "n"}${step}` : "h z";
  }
  function tell(candidates) {
    const known = candidates.map(looks).filter((look) => look !== null);
    const body = aside.querySelector("tbody");
    body.replaceChildren();
    regions.forEach(({ name, title }, r) => {
      const counted = known.filter((look) => look.counted & (1 << r)).length;
      const chances = known.map((look) => look.chance[r]).filter((value) => value !== null);
      const often = known.length ? counted / known.length : null;
      const chance = chances.length ? chances.reduce((sum, value) => sum + value / 1000, 0) / chances.length : null;
      const beyond = known.length < 10 || chance === null ? null : often - chance;
      const shape = shapes.get(name);
      if (shape) {
        shape.setAttribute("class", shade(beyond));
        shape.setAttribute("aria-pressed", String(state.region === name));
        shape.setAttribute("aria-label",
          `${title}: counted on ${counted} of ${known.length} faces; by chance ${percent(chance)}`);
        if (!shape.firstChild) shape.append(document.createElementNS("http://www.w3.org/2000/svg", "title"));
        shape.firstChild.textContent = shape.getAttribute("aria-label");
      }
      body.append(make("tr", {}, make("th", { scope: "row" }, title),
        make("td", { className: beyond === null ? "" : shade(beyond) }, percent(often)), make("td", {}, percent(chance))));
    });
    const title = methods.find(({ name }) => name === state.method)?.title ?? "";
    part("basis").textContent = `${title}: ${known.length} of these faces have landmarks. `
      + (known.length < 10 ? "Of fewer than ten nothing is coloured."
        : "Red: counted more often than chance (the same maps, shifted); blue: less often. Full colour at 50 points.");
  }

  /* One face */
  const sliders = [fields.blend, part("fade")];
  function blend(value) {
    for (const slider of sliders) slider.value = value;
    document.body.style.setProperty("--blend", value / 100);
  }
  async function showFace() {
    const index = place.get(state.face);
    if (index === undefined) {
      if (detail.open) detail.close();
      return;
    }
    const face = faces[index];
    const walk = shown.includes(index) ? shown : faces.map((_, i) => i);
    part("place").textContent = `${walk.indexOf(index) + 1} of ${walk.length}`;
    part("face").src = tiles[index].querySelector("img").src;
    part("title").textContent = `${face.label === null ? "Called" : `Labelled ${face.label}, called`} ${face.predicted}`;
    const source = face.source && face.source.replaceAll(" ", "-") !== face.id ? `, ${face.source}` : "";
    part("about").textContent = `Explained: ${face.target}. Face ${face.id}${source}.`;
    part("probabilities").replaceChildren(...data.emotions.map((emotion, e) => {
      const bar = make("span", { className: "fill" });
      bar.style.width = `${face.p[e] / 10}%`;
      const row = make("tr", { className: emotion === face.predicted ? "said" : "" },
        make("th", { scope: "row" }, emotion), make("td", { className: "plot" }, make("span", { className: "rail" }, bar)),
        make("td", {}, percent(face.p[e] / 1000)));
      row.cells[1].setAttribute("aria-hidden", "true");
      return row;
    }));
    tellShares(index);
    if (!detail.open) {
      detail.showModal();
      part("title").focus();
    }
    await paintFace(index);
  }
  const tenths = (perMille) => (perMille === null ? "\u2013" : `${(perMille / 10).toFixed(1)}\u00a0%`);
  function tellShares(index) {
    const look = looks(index);
    const title = methods.find(({ name }) => name === state.method)?.title ?? "";
    part("where").textContent = look ? `Where it looks, by ${title}` : "No landmarks were found on this face, so no regions";
    const box = part("shares").closest(".box");
    (box.closest(".copied") ?? box).hidden = !look;
    const rows = look ? regions.map(({ name, title: said }, r) => {
      const ratio = times(index, name);
      return make("tr", {}, make("th", { scope: "row" }, said),
        make("td", {}, tenths(look.share[r])),
        make("td", {}, tenths(look.area[r])),
        make("td", {}, ratio === null ? "\u2013" : `\u00d7\u00a0${ratio.toFixed(1)}`),
        make("td", {}, look.counted & (1 << r) ? "yes" : "no"));
    }) : [];
    part("shares").replaceChildren(...rows);
  }
  async function paintFace(index) {
    for (const button of part("methods").children)
      button.setAttribute("aria-pressed", String(button.dataset.method === state.method));
    for (const { name, title, sign } of [...methods].sort((one, other) => (other.name === state.method) - (one.name === state.method))) {
      const told = await maps(name);
      if (place.get(state.face) !== index) return;
      const button = [...part("methods").children].find(({ dataset }) => dataset.method === name);
      paint(button.querySelector("canvas"), index, told);
      if (name !== state.method) continue;
      const full = told.full[index];
      paint(part("map"), index, told);
      part("map").setAttribute("aria-label", `${title} over the face; the regions are told in the table below`);
      const nothing = looks(index) ? "the map is empty" : "no landmarks, so no regions to show";
      part("scale").textContent = Number(full) ? `${title}; full colour is ${sign}${full}${told.little[index] ? ": nothing here moves the answer much" : ""}.` : `${title}: ${nothing}.`;
    }
  }
  function go(step) {
    const index = place.get(state.face);
    const walk = shown.includes(index) ? shown : faces.map((_, i) => i);
    const next = walk[(walk.indexOf(index) + step + walk.length) % walk.length];
    change({ face: faces[next].id });
  }

  /* All of it */
  function show() {
    /* Without labels there is nothing to choose from, and no field. */
    for (const name of Object.keys(START)) if (fields[name]) fields[name].value = state[name];
    const candidates = faces.map((_, index) => index).filter(passes);
    shown = ordered(state.region ? candidates.filter((index) => looks(index)?.counted & bit(state.region)) : candidates);
    const kept = new Set(shown);
    tiles.forEach((tile, index) => (tile.hidden = !kept.has(index)));
    sheet.append(...shown.map((index) => tiles[index]));
    const where = regions.find(({ name }) => name === state.region)?.title;
    part("status").textContent = `${shown.length} of ${faces.length} faces${where ? `, counted: ${where}` : ""}`;
    part("none").hidden = shown.length > 0;
    tell(candidates);
    paintSheet();
    showFace();
  }

  for (const { name, title } of methods) {
    const button = make("button", { type: "button" }, make("canvas", { width, height }), title);
    button.firstChild.setAttribute("aria-hidden", "true");
    button.dataset.method = name;
    button.addEventListener("click", () => change({ method: name }));
    part("methods").append(button);
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === fields.blend) blend(target.value);
    else change({ [target.name]: target.value });
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    blend(100);
    change({ ...START, region: "" });
  });
  part("fade").addEventListener("input", ({ target }) => blend(target.value));
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    change({ face: faces[tiles.indexOf(link.closest("li"))].id });
  });
  detail.addEventListener("close", () => {
    const index = place.get(state.face);
    if (index === undefined) return;
    change({ face: "" });
    tiles[index].querySelector("a").focus();
  });
  detail.addEventListener("click", (event) => {
    if (event.target === detail) detail.close();
  });
  detail.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step);
  });
  for (const button of detail.querySelectorAll("[data-go]"))
    button.addEventListener("click", () => go(Number(button.dataset.go)));
  part("close").addEventListener("click", () => detail.close());
  part("link").addEventListener("click", async () => {
    const link = new URL(address({ ...START, region: "", face: state.face, method: state.method }), location.href);
    let done = true;
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      done = false;
    }
    part("link").textContent = done ? "Copied" : "It is in the address bar";
    setTimeout(() => (part("link").textContent = "Copy link"), 2000);
  });
  window.addEventListener("hashchange", () => {
    state = fromAddress();
    show();
  });

  form.hidden = false;
  aside.hidden = !regions.length;
  state = fromAddress();
  blend(100);
  show();
  document.documentElement.dataset.faces = "ready";
})();
