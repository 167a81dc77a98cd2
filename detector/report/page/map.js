// @ts-check
"use strict";

/** Where the located problems are, on a plain ground. */

/** @type {L.Map | null} */
let chart = null;
/** @type {L.LayerGroup | null} */
let points = null;
/** @type {L.CircleMarker | null} */
let ring = null;

/** Show or hide the map for good: none is made where nothing has a position. */
function prepareMap() {
  const any = items.some((item) => item.problem.position !== null);
  byId("no-map").hidden = any || items.length === 0;
  byId("map-box").hidden = !any;
  byId("body").classList.toggle("mapped", any);
  if (!any) return;
  chart = L.map(byId("map"), { preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.25, maxZoom: 21, minZoom: 2 });
  L.control.zoom({ zoomInTitle: say("zoomIn"), zoomOutTitle: say("zoomOut") }).addTo(chart);
  L.control.scale({ imperial: false }).addTo(chart);
  points = L.layerGroup().addTo(chart);
}

/** Put these problems on the map and fit it to them. @param {Item[]} selected */
function mapItems(selected) {
  if (!chart || !points) return;
  points.clearLayers();
  ring = null;
  /** @type {L.LatLngTuple[]} */
  const corners = [];
  // The most urgent last, so that they lie on top.
  for (const item of [...selected].reverse()) {
    const { position } = item.problem;
    if (!position) continue;
    const at = /** @type {L.LatLngTuple} */ ([position.lat, position.lon]);
    corners.push(at);
    for (const layer of marks(item, at, position.accuracy_m)) points.addLayer(layer);
  }
  if (corners.length > 0) chart.fitBounds(L.latLngBounds(corners).pad(0.15), { maxZoom: 18, animate: false });
}

/** The error circle and the point. @param {Item} item @param {L.LatLngTuple} at @param {number} error_m */
function marks(item, at, error_m) {
  const { colour: color } = item.kind;
  const error = L.circle(at, { radius: error_m, color, weight: 1, opacity: 0.6, fillOpacity: 0.1, interactive: false });
  const point = L.circleMarker(at, { radius: 7, color: "#ffffff", weight: 2, fillColor: color, fillOpacity: 0.95 });
  // An element, not a string: Leaflet would read a string as markup.
  point.bindTooltip(() => make("span", {}, `${nameOf(item.kind)} ${item.problem.score.total} · ${item.problem.zone ?? ""}`));
  point.on("click", () => {
    markItem(item);
    focusItem(item);
  });
  return [error, point];
}

/** Ring the problem on the map, and bring it into view. @param {Item} item */
function markItem(item) {
  const { position } = item.problem;
  ring?.remove();
  ring = null;
  if (!chart || !position) return;
  const at = /** @type {L.LatLngTuple} */ ([position.lat, position.lon]);
  ring = L.circleMarker(at, { radius: 13, color: item.kind.colour, weight: 3, fill: false, interactive: false }).addTo(chart);
  if (!chart.getBounds().contains(at)) chart.panTo(at, { animate: false });
}

/** Tell the map that its room has changed. */
function resizeMap() {
  chart?.invalidateSize({ animate: false });
  mapItems(shown);
}

/** The colours of the kinds that occur. */
function drawLegend() {
  const present = page.kinds.filter((kind) => items.some((item) => item.kind === kind && item.problem.position !== null));
  byId("legend").replaceChildren(...present.map((kind) => make("li", {}, dot(kind), nameOf(kind))));
}
