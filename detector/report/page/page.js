// @ts-check
"use strict";

/** Puts the page together and answers to its controls. */

const form = /** @type {HTMLFormElement} */ (byId("filters"));

/** @template {HTMLElement} T @param {string} name @returns {T} */
function field(name) {
  return /** @type {T} */ (form.elements.namedItem(name));
}

/** Everything whose words depend on the language. */
function drawWords() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(wordOf(element, "data-say"));
  for (const element of document.querySelectorAll("[data-say-label]")) element.setAttribute("aria-label", say(wordOf(element, "data-say-label")));
  for (const element of document.querySelectorAll("[data-say-placeholder]")) element.setAttribute("placeholder", say(wordOf(element, "data-say-placeholder")));
  const other = byId("language");
  other.textContent = language === "zh" ? "English" : "中文";
  other.lang = language === "zh" ? "en" : "zh-CN";
  byId("view").textContent = say(asTable ? "asGrid" : "asTable");
  byId("theme").textContent = say(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
}

/** @param {Element} element @param {string} attribute */
function wordOf(element, attribute) {
  return /** @type {Word} */ (element.getAttribute(attribute));
}

function drawFacts() {
  const { summary } = page;
  const counts = /** @type {const} */ (["problems", "sources", "photos", "videos", "looks", "observations"]);
  const texts = [
    ...counts.map((name) => say(`count.${name}`).replace("#", String(summary[name]))),
    `${say("footage")} ${duration(summary.media_s)}`, `${say("worked")} ${duration(summary.wall_s)}`,
    `${say("generated")} ${wallTime(page.generated_at)}`,
  ];
  byId("facts").replaceChildren(...texts.map((text) => make("span", {}, text)));
  byId("foot").replaceChildren(
    make("p", {}, `${say("model")}: ${summary.model} · ${say("rules")}: ${summary.rules.join(", ") || "—"}`),
    make("p", {}, `Streetwarden (AGPL-3.0-or-later) · ${say("mapCredit")}`));
}

function drawErrors() {
  const { errors } = page.summary;
  byId("errors").hidden = errors.length === 0;
  byId("errors-title").textContent = `${say("errors")} (${errors.length})`;
  byId("errors-body").replaceChildren(...errors.map(([source, message]) => make("tr", {}, make("td", {}, source), make("td", {}, message))));
}

/** A button for each kind with its count; several may be pressed. */
function drawKinds() {
  byId("kinds").replaceChildren(...page.kinds.map((kind) => {
    const count = items.filter((item) => item.kind === kind).length;
    const button = make("button", { type: "button", "data-kind": kind.name, "aria-pressed": String(filter.kinds.has(kind.name)) },
      dot(kind), make("span", {}, nameOf(kind), make("small", {}, otherNameOf(kind))), make("b", {}, String(count)));
    button.disabled = count === 0;
    button.addEventListener("click", () => {
      if (!filter.kinds.delete(kind.name)) filter.kinds.add(kind.name);
      button.setAttribute("aria-pressed", String(filter.kinds.has(kind.name)));
      refresh();
    });
    return button;
  }));
}

/** @param {string} name @param {[string, string][]} choices */
function fillSelect(name, choices) {
  const select = /** @type {HTMLSelectElement} */ (field(name));
  const chosen = select.value;
  select.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
  if (choices.some(([value]) => value === chosen)) select.value = chosen;
}

function drawSelects() {
  const sources = [...new Set(page.problems.flatMap((problem) => problem.sources))].sort();
  fillSelect("source", [["", say("allSources")], ...sources.map((name) => /** @type {[string, string]} */ ([name, name]))]);
  fillSelect("sort", Object.keys(ORDERS).map((order) => [order, sayValue("sort", order)]));
}

function readForm() {
  const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (field(name)).value;
  filter.text = value("text").trim();
  filter.source = value("source");
  filter.score = Number(value("score")) || 0;
  filter.confidence = Number(value("confidence")) || 0;
  filter.located = /** @type {HTMLInputElement} */ (field("located")).checked;
  filter.sort = value("sort");
}

let pending = 0;

/** Read the filters and show what passes them. */
function refresh() {
  clearTimeout(pending);
  readForm();
  const selected = selection();
  showItems(selected);
  mapItems(selected);
  drawCount();
  byId("problems").removeAttribute("aria-busy");
}

/** Refresh after so many milliseconds; until then the list is marked as busy. @param {number} ms */
function refreshSoon(ms) {
  byId("problems").setAttribute("aria-busy", "true");
  clearTimeout(pending);
  pending = setTimeout(refresh, ms);
}

function drawCount() {
  byId("count").textContent = `${say("shownOf")} ${shown.length} / ${items.length}`;
}

/** Draw all that has words in it, keeping what is filtered. */
function redraw() {
  drawWords();
  drawFacts();
  drawErrors();
  drawKinds();
  drawSelects();
  drawLegend();
  drawList();
  drawCount();
}

/** @param {string} theme */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function listen() {
  form.addEventListener("input", () => refreshSoon(120));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    filter.kinds.clear();
    drawKinds();
    // The fields are emptied after this event.
    refreshSoon(0);
  });
  byId("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    remember("language", language);
    redraw();
  });
  byId("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    setTheme(theme);
    remember("theme", theme);
    drawWords();
  });
  byId("view").addEventListener("click", () => {
    asTable = !asTable;
    remember("view", asTable ? "table" : "grid");
    drawWords();
    drawList();
    resizeMap();
  });
  byId("unfold").addEventListener("click", () => {
    byId("unfold").setAttribute("aria-expanded", String(form.classList.toggle("unfolded")));
  });
  addEventListener("beforeprint", showForPrint);
  byId("csv").addEventListener("click", saveCsv);
  byId("help-open").addEventListener("click", openHelp);
  detailDialog().addEventListener("close", () => {
    if (opened) focusItem(opened);
  });
  document.addEventListener("keydown", onKey);
}

function start() {
  const wanted = remembered("language") ?? navigator.language;
  language = wanted.startsWith("zh") ? "zh" : "en";
  asTable = remembered("view") === "table";
  setTheme(remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  drawSelects();
  prepareMap();
  redraw();
  refresh();
  listen();
}

start();
