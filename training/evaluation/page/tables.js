// @ts-check
"use strict";

/** Figures as tables. */

const page = /** @type {PageView} */ (JSON.parse(byId("data").textContent ?? ""));
const evaluation = page.evaluation;
const names = new Map(Object.entries(page.names));

/** The name of average precision at the overlap that was asked. */
function apName() {
  return `AP${Math.round(evaluation.data.iou * 100)}`;
}

function drawFigures() {
  const overTen = evaluation.mean_ap_50_95 !== null;
  const heads = [say("class"), say("labels"), apName(), ...(overTen ? ["AP50–95"] : []), say("precision"), say("recall"), "AUC", say("threshold")];
  const rows = Object.entries(evaluation.classes).map(([name, it]) => make("tr", {},
    classHead(name),
    make("td", {}, String(it.labels), make("small", {}, say("inPictures", it.pictures))),
    estimateCell(it.ap), overTen ? estimateCell(it.ap_50_95) : null,
    estimateCell(it.precision, 3, `${it.hits} / ${it.found}`), estimateCell(it.recall, 3, `${it.hits} / ${it.labels}`),
    estimateCell(it.auc), make("td", {}, Object.values(it.thresholds).map((value) => value.toFixed(2)).join(" / "))));
  const unknown = evaluation.unknown.map((name) => make("tr", {}, classHead(name), make("td", { colspan: heads.length - 1, class: "words" }, say("notMeasured"))));
  const mean = make("tr", { class: "mean" }, make("th", { scope: "row" }, say("mean")), make("td", {}), estimateCell(evaluation.mean_ap),
    overTen ? estimateCell(evaluation.mean_ap_50_95) : null, ...Array.from({ length: 4 }, () => make("td", {})));
  byId("figures-table").replaceChildren(table(heads, [...rows, ...unknown, mean]));
  byId("figures-note").textContent = say("figuresNote");
}

function drawAlarms() {
  byId("alarms").hidden = evaluation.alarms.length === 0;
  const heads = [say("set"), say("class"), say("pictures"), say("raised"), say("boxes"), say("per100"), say("boxesPer100")];
  const rows = evaluation.alarms.map((it, k) => {
    const fresh = k === 0 || evaluation.alarms[k - 1]?.set !== it.set;
    const head = classHead(it.class_name);
    return make("tr", { class: `${fresh && k > 0 ? "first" : ""} ${it.class_name === "any" ? "strong" : ""}` },
      make("td", {}, fresh ? it.set : ""), make("td", { class: "words" }, ...head.childNodes), make("td", {}, String(it.pictures)), make("td", {}, String(it.raised)),
      make("td", {}, String(it.boxes)), estimateCell(it.per_100, 1), estimateCell(it.boxes_per_100, 1));
  });
  byId("alarms-table").replaceChildren(table(heads, rows, 2));
}

function drawConfusion() {
  const it = evaluation.confusion;
  byId("confusion").hidden = it === null;
  if (it === null) return;
  const heads = it.classes.map(className);
  const rows = it.counts.map((row, r) => make("tr", {}, make("th", { scope: "row" }, heads[r] ?? say("background")),
    ...row.map((count, c) => make("td", r === c && r < heads.length ? { class: "strong" } : {}, r === c && r === heads.length ? "" : String(count)))));
  byId("confusion-table").replaceChildren(table([say("labelled"), ...heads, say("missed")], rows));
}

/** @param {WidthView} bin */
function binName(bin) {
  return bin.to_px === null ? `≥ ${bin.from_px}` : bin.from_px === 0 ? `< ${bin.to_px}` : `${bin.from_px}–${bin.to_px}`;
}

/** One row of recalls. @param {HTMLElement} head @param {WidthView[]} bins @param {WidthView[]} all */
function widthRow(head, bins, all) {
  return make("tr", {}, head, ...all.map((column) => {
    const bin = bins.find((one) => one.from_px === column.from_px);
    return bin ? estimateCell(bin.recall, 2, `n = ${bin.labels}`) : make("td", {}, "–");
  }));
}

function drawWidths() {
  const { widths, comparison } = evaluation;
  const all = [...new Map(Object.values(widths).flat().map((bin) => [bin.from_px, bin])).values()].sort((a, b) => a.from_px - b.from_px);
  const rows = Object.entries(widths).flatMap(([name, bins]) => {
    const mine = classHead(name);
    if (comparison === null) return [widthRow(mine, bins, all)];
    mine.append(make("small", {}, say("modelA")));
    const other = make("th", { scope: "row" }, make("small", {}, say("modelB")));
    return [widthRow(mine, bins, all), widthRow(other, comparison.widths[name] ?? [], all)];
  });
  byId("widths-table").replaceChildren(table([say("class"), ...all.map((bin) => `${binName(bin)} px`)], rows));
}

function drawCauses() {
  const entries = Object.entries(evaluation.classes);
  /** @param {"misses" | "false"} kind */
  const part = (kind) => [
    make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: entries.length + 1 }, say(kind === "misses" ? "missed" : "falseAlarms"))),
    ...Object.keys(entries[0]?.[1][kind] ?? {}).map((cause) => make("tr", {}, make("td", {}, sayValue("cause", cause)),
      ...entries.map(([, it]) => make("td", {}, String(it[kind][cause]))))),
  ];
  byId("causes-table").replaceChildren(table(["", ...entries.map(([name]) => className(name))], [...part("misses"), ...part("false")]));
}

/** @param {DifferenceView} it */
function figureName(it) {
  if (it.figure === "ap") return apName();
  return it.figure === "ap_50_95" ? "AP50–95" : sayValue("figure", it.figure);
}

/** "set: class" of an alarm, or a class. @param {DifferenceView} it */
function differenceHead(it) {
  if (it.figure !== "alarms") return classHead(it.class_name);
  const cut = it.class_name.lastIndexOf(": ");
  return make("th", { scope: "row" }, className(it.class_name.slice(cut + 2)), make("small", {}, it.class_name.slice(0, cut)));
}

function drawComparison() {
  const { comparison } = evaluation;
  byId("comparison").hidden = comparison === null;
  if (comparison === null) return;
  byId("comparison-note").textContent = `${say("modelA")}: ${modelText(evaluation.model)} · ${say("modelB")}: ${modelText(comparison.model)}. ${say("comparisonNote")}`;
  const reach = Math.max(0.01, ...comparison.differences.flatMap(({ difference: { low, high } }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]));
  const rows = comparison.differences.map((it) => make("tr", {}, differenceHead(it), make("td", { class: "words" }, figureName(it)),
    make("td", {}, number(it.first)), make("td", {}, number(it.second)), estimateCell(it.difference),
    make("td", {}, whisker(it.difference, reach)),
    make("td", { class: `words ${it.verdict}` }, sayValue("verdict", it.verdict))));
  const heads = [say("class"), say("figure"), say("modelA"), say("modelB"), say("difference"), "", say("verdict")];
  byId("comparison-table").replaceChildren(table(heads, rows, 2));
}
