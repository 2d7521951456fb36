// The page: a photo or the webcam, what the classifier says, and why.

import * as api from "/static/api.js";
import { Camera } from "/static/camera.js";
import * as draw from "/static/draw.js";

const { $ } = draw;
const MEGABYTES = Number(document.body.dataset.megabytes);
const state = { image: null, crop: "auto", faces: [], chosen: 0, methods: [], models: [], turn: 0 };

const say = (text) => ($("status").textContent = text);

function problem(text, offerWhole = false) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
  $("whole-offer").hidden = !offerWhole;
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");

// ---- models and methods ------------------------------------------------------------------------------------------

async function chooseModel() {
  const name = $("model").value;
  const { methods } = await api.methods(name);
  state.methods = methods.filter((method) => method.works);
  const had = $("method").value || "occlusion";
  draw.options($("method"), state.methods.map((method) => [method.name, method.title]), had);
  const { emotions } = state.models.find((model) => model.name === name);
  draw.options($("target"), [["predicted", "its answer"], ...emotions.map((one) => [one, one])], $("target").value);
  draw.options($("against"), [["", "nothing else"], ...emotions.map((one) => [one, one])], $("against").value);
  noteMethod();
}

function noteMethod() {
  const method = state.methods.find((one) => one.name === $("method").value);
  if (method) $("method-note").textContent = `It explains the ${method.explains}. Finest detail: ${method.grain}. Cost: ${method.cost}. Source: ${method.source}.`;
}

// ---- a photo -----------------------------------------------------------------------------------------------------

async function take(image, crop = "auto") {
  if (image.size > MEGABYTES * 2 ** 20) return problem(`This file has ${(image.size / 2 ** 20).toFixed(1)} MB; up to ${MEGABYTES} MB are taken.`);
  Object.assign(state, { image, crop, faces: [], chosen: 0 });
  await ask();
}

async function ask() {
  const turn = ++state.turn;
  problem("");
  $("answer").hidden = $("why").hidden = true;
  say("Looking at the photo");
  try {
    const answer = await api.predict(state.image, { model: $("model").value, crop: state.crop });
    if (turn !== state.turn) return;
    state.faces = answer.faces;
    show(answer);
  } catch (error) {
    if (turn !== state.turn) return;
    say("");
    problem(sentence(error.message), error.code === "no_face");
  }
}

function show(answer) {
  if ($("photo").src) URL.revokeObjectURL($("photo").src);
  $("photo").src = URL.createObjectURL(state.image);
  $("photo").alt = "Your photo";
  const count = answer.faces.length;
  $("photo-note").textContent = count > 1 ? `${count} faces were found: choose one.` : "";
  $("answer").hidden = $("why").hidden = false;
  choose(Math.min(state.chosen, count - 1));
  $("answer-title").focus({ preventScroll: true });
  $("answer").scrollIntoView({ block: "nearest" });
}

function choose(index) {
  state.chosen = index;
  const face = state.faces[index];
  draw.boxes($("boxes"), state.faces, index, (chosen) => {
    choose(chosen);
    $("boxes").children[chosen].focus();
  });
  $("crop").src = face.picture;
  draw.said($("said"), face);
  draw.probabilities($("probs"), face);
  $("explanation").hidden = true;
  say(`The classifier says ${face.predicted}`);
}

// ---- why ---------------------------------------------------------------------------------------------------------

async function explain(event) {
  event?.preventDefault();
  const turn = ++state.turn;
  const [target, against] = [$("target").value, $("against").value];
  const first = target === "predicted" && against ? state.faces[state.chosen].predicted : target;
  if (against && first === against) return problem(`A contrast needs two different emotions; ${against} was chosen twice.`);
  problem("");
  $("explain").disabled = true;
  say("Explaining");
  try {
    const fields = { model: $("model").value, crop: state.crop, method: $("method").value, target: against ? `${first}-${against}` : first, face: state.chosen };
    const answer = await api.explain(state.image, fields);
    if (turn === state.turn) tell(answer);
  } catch (error) {
    if (turn !== state.turn) return;
    say("");
    problem(sentence(error.message));
    $("problem").scrollIntoView({ block: "nearest" });
  } finally {
    $("explain").disabled = false;
  }
}

function tell(answer) {
  const title = state.methods.find((method) => method.name === answer.method)?.title ?? answer.method;
  const [first, second] = answer.target.split("-");
  const what = second ? `${first} rather than ${second}` : first;
  $("map-title").textContent = `What speaks for ${what}, by ${title}`;
  $("face").src = answer.face.picture;
  $("face").alt = "The face";
  $("overlay").src = answer.overlay;
  $("overlay").alt = `Where the evidence for ${what} lies: ${top(answer.regions)}`;
  fade();
  $("map-note").textContent = answer.blank
    ? "This map is empty: by this method nothing in the face moves the answer."
    : `Red pixels speak for ${what}, blue ones against it. Full colour is ${answer.full_colour.toPrecision(2)}${answer.in_probability ? " of probability" : ", in the method's own units"}${answer.hardly_moves ? ": nothing here moves the answer much" : ""}; colours of two maps cannot be compared.${answer.saved ? ` Kept as ${answer.saved}.` : ""}`;
  $("regions-note").textContent = regionsNote(answer);
  draw.regions($("coarse"), answer.regions, "coarse");
  draw.regions($("fine"), answer.regions, "fine");
  $("codebooks-note").textContent = `How much of what speaks for ${first} lies where each codebook expects ${first} to show. Chance stands beside it: a flat map has as much there as its area, and a blob in the middle of the picture knows nothing of emotions.`;
  draw.codebooks($("codebooks"), answer.agreement);
  $("explanation").hidden = false;
  say(`Explained in ${answer.seconds.toFixed(1)} seconds. Most evidence: ${top(answer.regions)}`);
  $("map-title").focus({ preventScroll: true });
  $("map-title").scrollIntoView({ block: "nearest" });
}

function top(regions) {
  const known = regions.filter((row) => row.level === "coarse" && row.share !== null && row.region !== "background");
  const first = known.sort((a, b) => b.share - a.share).slice(0, 2);
  return first.map((row) => `${row.name} ${draw.percent(row.share)}`).join(", ") || "not told";
}

function regionsNote(answer) {
  if (answer.landmarks === "none") return "The parts of this face were not found, so regions cannot be told.";
  const rough = answer.landmarks === "atlas" ? " The parts of this face were not found: an average face stands in, good for these coarse regions only." : "";
  return `Bars show the share of the evidence in each region, the tick what its area alone would hold; the largest of these has the whole width. Bold regions count: they hold a tenth of the evidence, or half of them is among the strongest fifth of the map.${rough}`;
}

const fade = () => ($("overlay").style.opacity = String($("slider").valueAsNumber / 100));

// ---- the webcam --------------------------------------------------------------------------------------------------

const camera = new Camera($("video"), {
  answered(answer) {
    const face = answer.faces[0];
    draw.said($("live-said"), face);
    draw.probabilities($("live-probs"), face);
    $("live-box").hidden = false;
    draw.place($("live-box"), face.box, true);
  },
  refused(error) {
    $("live-box").hidden = true;
    $("live-said").textContent = error.code === "no_face" ? "No face in the picture" : sentence(error.message);
    if (error.code === "no_face") $("live-probs").replaceChildren();
  },
  rate(perSecond) {
    $("rate").textContent = `${perSecond.toFixed(1)} predictions a second`;
    $("rate").dataset.rate = perSecond.toFixed(2);
  },
});

function showLive(on) {
  $("live").hidden = !on;
  $("drop").hidden = on;
}

async function startCamera() {
  state.turn++;
  problem("");
  try {
    $("answer").hidden = $("why").hidden = true;
    showLive(true);
    await camera.start(() => ({ model: $("model").value }));
    $("freeze").focus();
  } catch (error) {
    showLive(false);
    const refused = error.name === "NotAllowedError" ? "The browser was not allowed to use the webcam." : error.name === "NotFoundError" ? "There is no webcam." : error.message;
    problem(refused);
  }
}

function stopCamera() {
  camera.stop();
  showLive(false);
}

async function freeze() {
  const image = await camera.frame();
  stopCamera();
  await take(image, "find");
  if (!$("why").hidden) await explain();
}

// ---- wiring ------------------------------------------------------------------------------------------------------

function dropping() {
  const over = (on) => $("drop").classList.toggle("over-it", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const [file] = event.dataTransfer.files;
    if (file) {
      if (camera.on) stopCamera();
      take(file);
    }
  });
  addEventListener("paste", (event) => {
    const [file] = event.clipboardData.files;
    if (file) take(file);
  });
}

async function begin() {
  $("file").addEventListener("change", () => {
    const [file] = $("file").files;
    $("file").value = "";
    if (file) take(file);
  });
  $("camera").addEventListener("click", startCamera);
  $("stop").addEventListener("click", () => {
    stopCamera();
    $("camera").focus();
  });
  $("freeze").addEventListener("click", freeze);
  $("whole").addEventListener("click", () => take(state.image, "whole"));
  $("ask").addEventListener("submit", explain);
  $("slider").addEventListener("input", fade);
  $("method").addEventListener("change", noteMethod);
  $("model").addEventListener("change", async () => {
    await chooseModel();
    if (state.image && !camera.on) await ask();
  });
  dropping();
  document.querySelectorAll(".box").forEach(draw.fading);
  try {
    state.models = (await api.models()).models;
    await chooseModel();
    document.body.dataset.ready = "yes";
  } catch (error) {
    problem(sentence(error.message));
  }
}

begin();
