// @ts-check
"use strict";

/** Curves and intervals as drawings. */

const CHART = { left: 36, top: 8, side: 240, bottom: 34 };

/** @param {number} share */
function chartX(share) {
  return CHART.left + share * CHART.side;
}

/** @param {number} share */
function chartY(share) {
  return CHART.top + (1 - share) * CHART.side;
}

function chartFrame() {
  const frame = draw("g");
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    frame.append(
      draw("line", { class: "grid", x1: chartX(0), x2: chartX(1), y1: chartY(share), y2: chartY(share) }),
      draw("line", { class: "grid", x1: chartX(share), x2: chartX(share), y1: chartY(0), y2: chartY(1) }),
      draw("text", { x: chartX(0) - 5, y: chartY(share) + 4, "text-anchor": "end" }, share === 0 ? "0" : String(share)),
      draw("text", { x: chartX(share), y: chartY(0) + 14, "text-anchor": "middle" }, String(share)));
  }
  frame.append(
    draw("text", { x: chartX(0.5), y: chartY(0) + 29, "text-anchor": "middle" }, say("recall")),
    draw("text", { x: 0, y: 0, "text-anchor": "middle", transform: `translate(9 ${chartY(0.5)}) rotate(-90)` }, say("precision")));
  return frame;
}

/** @param {string} name @param {CurveView} curve @param {ClassView} it */
function chart(name, curve, it) {
  const points = curve.recall.map((recall, k) => `${chartX(recall).toFixed(1)},${chartY(curve.precision[k] ?? 0).toFixed(1)}`);
  const width = CHART.left + CHART.side + 12;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${CHART.top + CHART.side + CHART.bottom}`, role: "img", "aria-label": `${className(name)}: ${apName()} ${number(it.ap.value)}` },
    chartFrame(),
    draw("polyline", { points: points.join(" "), fill: "none", stroke: it.colour, "stroke-width": 2.5, "stroke-linejoin": "round" }));
  const { precision, recall } = it;
  if (precision.value !== null && recall.value !== null) {
    const [x, y] = [chartX(recall.value), chartY(precision.value)];
    svg.append(
      draw("circle", { class: "release", cx: x, cy: y, r: 6, fill: it.colour },
        draw("title", {}, `${say("threshold")} ${Object.values(it.thresholds).join(" / ")}`)),
      draw("text", { class: "value", x: x - 9, y: y + 18, "text-anchor": recall.value < 0.4 ? "start" : "end" }, `P ${number(precision.value, 2)}  R ${number(recall.value, 2)}`));
  }
  return make("figure", {}, make("figcaption", {}, dot(it.colour), `${className(name)} `, make("small", {}, `${apName()} ${number(it.ap.value)}`)), svg);
}

function drawCurves() {
  const drawn = Object.entries(evaluation.classes).flatMap(([name, it]) => {
    const curve = evaluation.curves[name];
    return curve && it.labels > 0 ? [chart(name, curve, it)] : [];
  });
  byId("curves").hidden = drawn.length === 0;
  byId("charts").replaceChildren(...drawn);
}

/** An interval round zero, `reach` to either side. @param {Estimate} it @param {number} reach */
function whisker(it, reach) {
  const [width, height] = [180, 18];
  /** @param {number | null} value */
  const x = (value) => width / 2 + ((value ?? 0) / reach) * (width / 2 - 5);
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    draw("line", { class: "zero", x1: width / 2, x2: width / 2, y1: 0, y2: height }),
    draw("line", { class: "whisker", x1: x(it.low), x2: x(it.high), y1: height / 2, y2: height / 2 }),
    draw("circle", { class: "point", cx: x(it.value), cy: height / 2, r: 4 }));
}
