// @ts-check
"use strict";

/** Pieces that cards, rows and details share. */

/** A dot in the kind's colour. @param {KindView} kind */
function dot(kind) {
  const shape = make("span", { class: "dot", "aria-hidden": "true" });
  shape.style.backgroundColor = kind.colour;
  return shape;
}

/** The cover, small: from the page itself or, later, from the evidence folder.
 * @param {Item} item @returns {HTMLElement} */
function cover(item) {
  const path = item.problem.cover;
  const box = make("span", { class: "cover" });
  if (path === null) {
    box.append(make("span", { class: "none" }, say("noPicture")));
    return box;
  }
  const source = thumbnails.get(path) ?? address(path);
  box.append(picture(source, `${nameOf(item.kind)} ${item.problem.id.slice(0, 8)}`, path));
  return box;
}

/** A picture that says so where its file is missing.
 * @param {string} source @param {string} alt @param {string} path @returns {HTMLImageElement} */
function picture(source, alt, path) {
  const image = make("img", source.startsWith("data:") ? { alt } : { alt, loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => {
    image.replaceWith(make("span", { class: "none" }, `${say("pictureMissing")}: ${path}`));
  }, { once: true });
  image.src = source;
  return image;
}

/** @param {ScoreView} score */
function badge(score) {
  const known = ["urgent", "high", "medium", "low"].includes(score.band) ? score.band : "low";
  return make("span", { class: `badge ${known}` },
    make("b", {}, String(score.total)), ` ${sayValue("band", score.band)}`);
}

/** The parts of a score as bars, and what could not be judged. @param {ScoreView} score */
function scoreParts(score) {
  const list = make("dl", { class: "parts" });
  for (const [name, points] of Object.entries(score.parts)) {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${Math.min(Math.max(points / 25, 0), 1) * 100}%`;
    list.append(make("dt", {}, sayPart(name)), make("dd", {}, make("span", { class: "track" }, bar), points.toFixed(1)));
  }
  const missing = score.missing.length === 0 ? null
    : make("p", { class: "small" }, `${say("missing")}: ${score.missing.map(sayPart).join(language === "zh" ? "、" : ", ")}`);
  return make("div", {}, list, missing);
}

/** The score that opens to its parts. @param {Item} item */
function scoreDetails(item) {
  const { score } = item.problem;
  const box = make("details", { class: "score" }, make("summary", { title: say("scoreParts") }, badge(score)));
  // Bars are built when they are asked for: a page holds hundreds of scores.
  box.addEventListener("toggle", () => {
    if (box.open && box.childElementCount === 1) box.append(scoreParts(score));
  });
  return box;
}

/** The kind's name as the button that opens the details. @param {Item} item */
function titleButton(item) {
  const button = make("button", { type: "button", class: "title", "data-id": item.problem.id, title: say("open") },
    dot(item.kind), make("span", {}, make("i", { class: "tag" }, say("tag")), ` ${nameOf(item.kind)}`), make("small", {}, otherNameOf(item.kind)));
  button.addEventListener("click", () => openDetail(item));
  return button;
}

/** @param {[string, string | Node | null][]} rows @param {string} [style] */
function facts(rows, style = "facts-list") {
  const list = make("dl", { class: style });
  for (const [name, value] of rows) {
    if (value !== null) list.append(make("dt", {}, name), make("dd", {}, value));
  }
  return list;
}

/** @param {string} state */
function stateMark(state) {
  return make("span", { class: `state ${state === "ongoing" ? "ongoing" : ""}` }, sayValue("state", state));
}

/** @param {string[]} sources @returns {string} */
function sourceNames(sources) {
  return sources.join(language === "zh" ? "、" : ", ");
}
