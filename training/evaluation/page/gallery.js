// @ts-check
"use strict";

/** Misses and false alarms as pictures, boxes drawn over them in the page's language. */

const DASHES = "7 5";

/** @param {BoxView} box @param {ExampleView} example @param {string} style */
function rectangle(box, example, style) {
  const thick = box.main ? 3.2 : 1.5;
  return draw("rect", {
    class: style, x: box.x * example.width, y: box.y * example.height, width: box.width * example.width, height: box.height * example.height,
    "stroke-width": style === "rim" ? thick + 2 : thick, "vector-effect": "non-scaling-stroke",
    ...(box.role === "truth" && style !== "rim" ? { "stroke-dasharray": DASHES } : {}),
  });
}

/** How wide a text is in ems, roughly: Chinese signs are square. @param {string} text */
function ems(text) {
  return [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? 1 : 0.68), 0);
}

/** @param {BoxView} box @param {ExampleView} example */
function boxLabel(box, example) {
  const size = Math.max(example.width, example.height * 4 / 3) / 26;
  const text = `${className(box.class_name)}${box.confidence === null ? "" : ` ${box.confidence.toFixed(2)}`}`;
  const width = (ems(text) + 0.5) * size;
  const x = Math.max(0, Math.min(box.x * example.width, example.width - width));
  const [over, under] = [box.y * example.height - size * 1.35, (box.y + box.height) * example.height];
  // Labels stand above, found boxes below, so that the two on one thing can both be read.
  const outside = box.role === "truth" ? over : under;
  const inside = box.role === "truth" ? box.y * example.height : under - size * 1.35;
  const y = outside < 0 || outside + size * 1.35 > example.height ? inside : outside;
  return draw("g", {},
    draw("rect", { class: `${box.role}-ground`, x, y, width, height: size * 1.35 }),
    draw("text", { x: x + size * 0.25, y: y + size, "font-size": size }, text));
}

/** @param {ExampleView} example */
function stage(example) {
  const ordered = [...example.boxes].sort((a, b) => Number(a.main) - Number(b.main));
  const named = ordered.filter((box) => box.main || ordered.length <= 6);
  const svg = draw("svg", { viewBox: `0 0 ${example.width} ${example.height}`, role: "img", "aria-label": `${className(example.class_name)}: ${causeText(example)}, ${example.file}` },
    draw("image", { href: example.image, width: example.width, height: example.height }),
    ...ordered.flatMap((box) => [rectangle(box, example, "rim"), rectangle(box, example, box.role)]),
    ...named.map((box) => boxLabel(box, example)));
  return make("div", { class: "stage" }, svg);
}

/** @param {ExampleView} example */
function causeText(example) {
  const more = [];
  if (example.cause_class !== null && example.cause_class !== example.class_name) more.push(className(example.cause_class));
  if (example.cause_confidence !== null) more.push(example.cause_confidence.toFixed(2));
  const cause = sayValue("cause", example.cause);
  if (more.length === 0) return cause;
  return language === "zh" ? `${cause}（${more.join(" ")}）` : `${cause} (${more.join(" ")})`;
}

/** @param {ExampleView} example */
function card(example) {
  const sure = example.confidence === null ? "" : ` ${example.confidence.toFixed(2)}`;
  return make("figure", {}, stage(example), make("figcaption", {},
    make("b", {}, `${className(example.class_name)}${sure}`), ` · ${causeText(example)}`,
    make("small", {}, `${example.set_name} · ${example.file} · ${say("boxSize", example.box_px.join(" × "))} · ${say("pictureSize", example.size.join(" × "))}`)));
}

/** @param {"misses" | "false"} id @param {ExampleView[]} examples @param {number} all */
function drawGallery(id, examples, all) {
  byId(`${id}-title`).textContent = `${say(id)} (${examples.length} / ${all})`;
  byId(`${id}-gallery`).replaceChildren(...(examples.length === 0 ? [make("p", { class: "none" }, say("none"))] : examples.map(card)));
}

/** @param {"truth" | "found"} role */
function legendItem(role) {
  const line = draw("line", { class: role, x1: 2, x2: 32, y1: 7, y2: 7, "stroke-width": 3, ...(role === "truth" ? { "stroke-dasharray": DASHES } : {}) });
  return make("span", {}, draw("svg", { viewBox: "0 0 34 14", "aria-hidden": "true" }, line), say(role));
}

function drawGalleries() {
  drawGallery("misses", page.misses, page.counts.misses);
  drawGallery("false", page.false, page.counts.false);
  for (const legend of document.querySelectorAll("[data-legend]")) {
    legend.replaceChildren(legendItem("truth"), legendItem("found"), make("span", {}, say("legendMain")));
  }
}
