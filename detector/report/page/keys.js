// @ts-check
"use strict";

/** The keyboard, and the help that lists it. */

/** @type {[string, Word][]} */
const KEYS = [
  ["j k  ↓ ↑  → ←", "keyMove"], ["Enter", "keyOpen"], ["Esc", "keyClose"], ["/", "keySearch"], ["?", "keyHelp"],
];

function openHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
  const close = make("button", { type: "button" }, say("close"));
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(
    make("h2", { id: "help-title" }, say("help")),
    facts(KEYS.map(([key, word]) => /** @type {[string, Node]} */ ([say(word), make("kbd", {}, key)]))),
    close);
  if (!dialog.open) dialog.showModal();
}

/** How many places a key moves in the list; 0 for another key. @param {string} key @returns {number} */
function stepOf(key) {
  const wide = asTable ? 1 : columns();
  /** @type {Record<string, number>} */
  const steps = { j: 1, k: -1, ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide };
  return steps[key] ?? 0;
}

/** How many cards stand side by side. @returns {number} */
function columns() {
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#holder > li")]);
  const below = cards.findIndex((one) => one.offsetTop > (cards[0]?.offsetTop ?? 0));
  return below > 0 ? below : Math.max(cards.length, 1);
}

/** @param {number} step */
function moveFocus(step) {
  const now = focusedItem();
  const index = now ? Math.min(Math.max(shown.indexOf(now) + step, 0), shown.length - 1) : 0;
  const next = shown[index];
  if (!next) return;
  focusItem(next);
  markItem(next);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = /** @type {Element} */ (event.target);
  if (target.closest("input, select, textarea, .leaflet-container, video")) return;
  if (event.key === "?") return act(event, openHelp);
  if (/** @type {HTMLDialogElement} */ (byId("help")).open) return;
  if (detailDialog().open) {
    const step = stepOf(event.key);
    // Up and down scroll what is being read.
    if (step !== 0 && !/Up|Down/.test(event.key)) act(event, () => stepDetail(Math.sign(step)));
    return;
  }
  if (event.key === "/") return act(event, () => /** @type {HTMLElement} */ (document.querySelector("[name=text]")).focus());
  const step = stepOf(event.key);
  const inList = target === document.body || target.closest("#problems") !== null;
  if (step !== 0 && (inList || event.key.length === 1)) act(event, () => moveFocus(step));
}

/** @param {KeyboardEvent} event @param {() => void} doing */
function act(event, doing) {
  event.preventDefault();
  doing();
}
