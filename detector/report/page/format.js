// @ts-check
"use strict";

/** Wall time as its own clock showed it, with its offset: never turned into the reader's zone.
 * @param {string} iso @returns {string} */
function wallTime(iso) {
  const zone = iso.slice(19).replace(/^\.\d+/, "");
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} ${zone === "Z" ? "UTC" : zone}`;
}

/** Seconds as h:mm:ss. @param {number} seconds @returns {string} */
function streamTime(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `+${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** A moment: wall time where there is one, else the time in the footage.
 * @param {string | null} at @param {number} seconds @returns {string} */
function moment(at, seconds) {
  return at ? wallTime(at) : streamTime(seconds);
}

/** From when to when. @param {Item} item @returns {string} */
function span(item) {
  const { started_at: from, ended_at: to } = item.problem;
  if (from && to && from !== to) {
    const sameDay = from.slice(0, 10) === to.slice(0, 10) && zoneOf(from) === zoneOf(to);
    return sameDay
      ? `${from.slice(0, 10)} ${from.slice(11, 19)} – ${to.slice(11, 19)} ${zoneOf(from)}`
      : `${wallTime(from)} – ${wallTime(to)}`;
  }
  if (from || to) return wallTime(/** @type {string} */ (from ?? to));
  const first = item.seen[0];
  if (!first || first.source.media === "photo") return say("noTime");
  const end = streamTime(first.end_s);
  const start = streamTime(first.start_s);
  return start === end ? start : `${start} – ${end}`;
}

/** @param {string} iso @returns {string} */
function zoneOf(iso) {
  return wallTime(iso).slice(20);
}

/** A length of time in words. @param {number} seconds @returns {string} */
function duration(seconds) {
  const units = language === "zh" ? ["天", "小时", "分", "秒"] : ["d", "h", "min", "s"];
  const whole = Math.floor(seconds);
  const amounts = [
    Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60,
  ];
  const first = amounts.findIndex((amount) => amount > 0);
  if (first < 0) return `0 ${units[3]}`;
  return amounts
    .map((amount, index) => (amount > 0 ? `${amount} ${units[index]}` : ""))
    .slice(first, first + 2).filter(Boolean).join(" ");
}

/** Dwell time; ≥ where the arrival was not seen, none for what was seen at one moment only.
 * @param {{dwell_s: number, arrival_known: boolean}} stay @returns {string} */
function dwell(stay) {
  if (stay.dwell_s <= 0) return "—";
  return (stay.arrival_known ? "" : "≥ ") + duration(stay.dwell_s);
}

/** Latitude and longitude with no more digits than the accuracy carries, with the accuracy.
 * @param {PositionView | null} position @returns {string} */
function place(position) {
  if (!position) return say("noPosition");
  const error = position.accuracy_m;
  const digits = error < 1 ? 6 : error < 10 ? 5 : error < 100 ? 4 : 3;
  const metres = error < 10 ? error.toFixed(1) : String(Math.round(error));
  return `${position.lat.toFixed(digits)}, ${position.lon.toFixed(digits)} ±${metres} m`;
}

/** A relative address for a path below the output folder: each step is escaped, so that no
 * name becomes a scheme, a query or a fragment. @param {string} path @returns {string} */
function address(path) {
  return "./" + path.split("/").map(encodeURIComponent).join("/");
}

/** An element with attributes and children; text is always text, never markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} [attributes]
 * @param {...(Node | string | null)} children @returns {HTMLElementTagNameMap[T]} */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}
