// @ts-check
"use strict";

/** The data of the page, and which of it is shown. */

const page = /** @type {PageView} */ (JSON.parse(byId("data").textContent ?? ""));
const thumbnails = new Map(
  Object.entries(/** @type {Record<string, string>} */ (JSON.parse(byId("thumbnails").textContent ?? ""))),
);
const kinds = new Map(page.kinds.map((kind) => [kind.name, kind]));

/** @param {string} name @returns {Named} */
function subKind(name) {
  return Object.hasOwn(page.sub_kinds, name) ? /** @type {Named} */ (page.sub_kinds[name]) : { zh: name, en: name };
}

/** @param {ProblemView} problem @returns {Item} */
function itemOf(problem) {
  const seen = problem.observations.flatMap((id) =>
    Object.hasOwn(page.observations, id) ? [/** @type {ObservationView} */ (page.observations[id])] : []);
  const kind = kinds.get(problem.kind)
    ?? { name: problem.kind, zh: problem.kind, en: problem.kind, colour: "#666666" };
  const sub = subKind(problem.sub_kind);
  const words = [
    problem.id, problem.zone ?? "", ...problem.sources, kind.zh, kind.en, sub.zh, sub.en, problem.sub_kind,
    ...seen.map((one) => one.source.camera_id ?? ""),
  ].join("\n").toLowerCase();
  const wall = problem.started_at ?? problem.ended_at;
  return { problem, seen, kind, words, wall: wall ? Date.parse(wall) : -Infinity, stream: seen[0]?.start_s ?? -1 };
}

const items = page.problems.map(itemOf);

/** @type {Filter} */
const filter = {
  kinds: new Set(), text: "", source: "", score: 0, confidence: 0, located: false, sort: "score",
};

/** @param {Item} item @returns {boolean} */
function passes({ problem, words }) {
  return (filter.kinds.size === 0 || filter.kinds.has(problem.kind))
    && problem.score.total >= filter.score
    && problem.confidence >= filter.confidence
    && (!filter.located || problem.position !== null)
    && (filter.source === "" || problem.sources.includes(filter.source))
    && filter.text.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}

/** @type {Record<string, (a: Item, b: Item) => number>} */
const ORDERS = {
  score: (a, b) => b.problem.score.total - a.problem.score.total,
  time: (a, b) => compare(b.wall, a.wall) || b.stream - a.stream,
  dwell: (a, b) => b.problem.dwell_s - a.problem.dwell_s,
  confidence: (a, b) => b.problem.confidence - a.problem.confidence,
};

/** -Infinity stands for no wall time, so no subtraction. @param {number} a @param {number} b */
function compare(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What passes the filter, in order; the sort is stable, so equals keep the order of the data.
 * @returns {Item[]} */
function selection() {
  const order = ORDERS[filter.sort];
  const shown = items.filter(passes);
  return order ? shown.sort(order) : shown;
}

/** A remembered choice; null where the browser keeps none for files. @param {string} name */
function remembered(name) {
  try {
    return localStorage.getItem(`streetwarden.${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
function remember(name, value) {
  try {
    localStorage.setItem(`streetwarden.${name}`, value);
  } catch {
    // Choices then last as long as the page is open.
  }
}
