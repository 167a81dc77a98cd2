// @ts-check
"use strict";

/** Puts the page together; it has two languages and two themes. */

/** @param {ModelView} it */
function modelText(it) {
  return `${it.file} (${it.sha256.slice(0, 12)}, ${it.engine} ${it.precision}, ${it.input_size_px} px, ${say(it.slices ? "withSlices" : "withoutSlices")}, ${say("perPicture", it.seconds_per_picture.toFixed(3))})`;
}

/** @returns {[string, string][]} */
function factRows() {
  const { model, data, comparison } = evaluation;
  const width = data.min_width_px > 0 ? ` · ${say("leastWidth", data.min_width_px)}` : "";
  const quiet = Object.entries(data.quiet).map(([name, count]) => `${name} (${count})`).join(", ");
  return [
    [say("model"), `${model.file} ${model.version}`],
    [say("data"), `${data.name} · ${say("dataText", data.pictures)} · ${say("groupsText", data.groups)}`],
    ["SHA-256", model.sha256],
    [say("digest"), data.digest],
    [say("engine"), `${model.engine} ${model.precision} · ${model.input_size_px} px · ${say(model.slices ? "withSlices" : "withoutSlices")} · ${say("perPicture", model.seconds_per_picture.toFixed(3))}`],
    [say("matching"), `IoU ≥ ${data.iou}${width}`],
    [say("machine"), `${evaluation.machine} · ${evaluation.measured_on}`],
    ...(quiet ? [/** @type {[string, string]} */ ([say("quiet"), quiet])] : []),
    ...(comparison ? [/** @type {[string, string]} */ ([say("other"), modelText(comparison.model)])] : []),
  ];
}

function redraw() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = say(/** @type {Word} */ (element.getAttribute("data-say")));
  }
  byId("subject").textContent = `${evaluation.model.file} · ${evaluation.data.name}`;
  byId("language").textContent = language === "zh" ? "English" : "中文";
  byId("language").lang = language === "zh" ? "en" : "zh-CN";
  byId("theme").textContent = say(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  byId("facts").replaceChildren(...factRows().flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  byId("notes").hidden = evaluation.notes.length === 0;
  byId("notes").replaceChildren(...evaluation.notes.map((note) => make("li", {}, note[language])));
  byId("foot").textContent = "Streetwarden (AGPL-3.0-or-later)";
  drawFigures();
  drawComparison();
  drawCurves();
  drawAlarms();
  drawWidths();
  drawConfusion();
  drawCauses();
  drawGalleries();
}

function start() {
  language = navigator.language.startsWith("zh") ? "zh" : "en";
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  byId("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    redraw();
  });
  byId("theme").addEventListener("click", () => {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    redraw();
  });
  redraw();
}

start();
