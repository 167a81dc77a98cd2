// @ts-check
"use strict";

/** Elements, numbers and small drawings. */

const SVG = "http://www.w3.org/2000/svg";

/** @param {Element} element @param {Record<string, string | number>} attributes @param {(string | Node | null)[]} children */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** @param {string} tag @param {Record<string, string | number>} [attributes] @param {(string | Node | null)[]} children @returns {HTMLElement} */
function make(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (filled(document.createElement(tag), attributes, children));
}

/** @param {string} tag @param {Record<string, string | number>} [attributes] @param {(string | Node | null)[]} children */
function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {number | null} value @param {number} [digits] */
function number(value, digits = 3) {
  return value === null ? "–" : value.toFixed(digits);
}

/** A cell with a figure and its interval. @param {Estimate | null} it @param {number} [digits] @param {string} [more] */
function estimateCell(it, digits = 3, more = "") {
  if (it === null || it.value === null) return make("td", {}, "–");
  const interval = it.low === null ? "" : `[${number(it.low, digits)}, ${number(it.high, digits)}]`;
  return make("td", {}, number(it.value, digits), make("small", {}, interval), more ? make("small", {}, more) : null);
}

/** @param {string[]} heads @param {(HTMLElement | null)[]} rows @param {number} [words] how many columns hold words */
function table(heads, rows, words = 1) {
  const cells = heads.map((head, k) => make("th", { scope: "col", ...(k < words ? { class: "words" } : {}) }, head));
  return make("table", {}, make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows));
}

/** @param {string} colour */
function dot(colour) {
  const shape = make("span", { class: "dot", "aria-hidden": "true" });
  shape.style.backgroundColor = colour;
  return shape;
}

/** The name of a class by its key, in the page's language. @param {string} key */
function className(key) {
  if (key === "any") return say("any");
  if (key === "mean") return say("mean");
  return names.get(key)?.[language] ?? key;
}

/** @param {string} key */
function classHead(key) {
  const known = names.get(key);
  return make("th", { scope: "row" }, known ? dot(known.colour) : null, className(key));
}
