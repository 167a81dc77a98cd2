// @ts-check
"use strict";

/** The problems as cards or as a table, a hundred at a time. */

const STEP = 100;
let asTable = false;
let limit = STEP;
/** @type {Item[]} */
let shown = [];

const watcher = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) showMore();
}, { rootMargin: "600px" });

/** Show these problems from the start. @param {Item[]} selected */
function showItems(selected) {
  shown = selected;
  limit = STEP;
  drawList();
}

/** Draw the list again, in the language and view of now. */
function drawList() {
  const main = byId("problems");
  watcher.disconnect();
  main.replaceChildren();
  byId("body").classList.toggle("tabular", asTable);
  if (shown.length === 0) {
    main.append(make("p", { class: "empty" }, say(items.length === 0 ? "none" : "noneShown")));
    return;
  }
  main.append(asTable ? emptyTable() : make("ul", { class: "cards", id: "holder", role: "list" }));
  append(0);
}

/** @param {number} from */
function append(from) {
  const fresh = shown.slice(from, limit);
  /** @type {(item: Item) => HTMLElement} */
  const draw = asTable ? row : card;
  byId("holder").append(...fresh.map(draw));
  document.getElementById("more")?.remove();
  if (shown.length <= limit) return;
  const count = Math.min(STEP, shown.length - limit);
  const button = make("button", { type: "button", id: "more" }, `${say("more")} ${count}`);
  button.addEventListener("click", showMore);
  byId("problems").append(button);
  watcher.disconnect();
  watcher.observe(button);
}

/** The next hundred. */
function showMore() {
  const from = limit;
  if (from >= shown.length) return;
  limit += STEP;
  append(from);
}

/** Paper cannot be scrolled: show all, up to what a stack of paper can take. */
function showForPrint() {
  const from = limit;
  limit = Math.max(limit, Math.min(shown.length, 6 * STEP));
  if (from < limit) append(from);
}

/** Opens a card or row by a click on it, but not on something in it that has its own use.
 * @param {HTMLElement} element @param {Item} item */
function opens(element, item) {
  element.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const selecting = String(getSelection() ?? "") !== "";
    if (!target.closest("button, a, summary, details") && !selecting) openDetail(item);
  });
}

/** @param {Item} item */
function card(item) {
  const { problem } = item;
  const box = make("li", { class: "card" },
    cover(item),
    titleButton(item),
    make("div", { class: "head" }, scoreDetails(item),
      make("span", { class: "sub" }, nameOf(subKind(problem.sub_kind)), " · ", stateMark(problem.state))),
    facts([
      [say("when"), span(item)],
      [say("dwell"), dwell(problem)],
      [say("where"), place(problem.position)],
      [say("zone"), problem.zone],
      [say("source"), sourceNames(problem.sources)],
    ]),
    make("p", { class: "small line" },
      `${say("confidence")} ${problem.confidence.toFixed(2)} · ${say("looks")} ${problem.looks} · `,
      make("code", { title: problem.id }, problem.id.slice(0, 8))));
  opens(box, item);
  return box;
}

function emptyTable() {
  /** @type {Word[]} */
  const heads = ["picture", "kind", "score", "when", "dwell", "where", "source", "state", "confidence", "id"];
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("problems") }, make("table", { class: "rows" },
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, say(head))))),
    make("tbody", { id: "holder" })));
}

/** @param {Item} item */
function row(item) {
  const { problem } = item;
  const zone = problem.zone === null ? null : make("small", {}, problem.zone);
  const box = make("tr", {},
    make("td", {}, cover(item)),
    make("td", { class: "what" }, titleButton(item), make("small", {}, nameOf(subKind(problem.sub_kind)))),
    make("td", {}, scoreDetails(item)),
    make("td", { class: "when" }, span(item)),
    make("td", { class: "stay" }, dwell(problem)),
    make("td", {}, place(problem.position), zone),
    make("td", { class: "from" }, sourceNames(problem.sources)),
    make("td", {}, stateMark(problem.state)),
    make("td", {}, problem.confidence.toFixed(2), make("small", {}, `${say("looks")} ${problem.looks}`)),
    make("td", {}, make("code", { title: problem.id }, problem.id.slice(0, 8))));
  opens(box, item);
  return box;
}

/** Bring a problem into view and put the focus on it. @param {Item} item */
function focusItem(item) {
  const index = shown.indexOf(item);
  while (index >= limit) showMore();
  const button = /** @type {HTMLElement | null} */ (document.querySelector(`#holder [data-id="${CSS.escape(item.problem.id)}"]`));
  button?.closest("li, tr")?.scrollIntoView({ block: "nearest" });
  button?.focus({ preventScroll: true });
}

/** The problem that has the focus. @returns {Item | undefined} */
function focusedItem() {
  const id = document.activeElement?.closest("li, tr")?.querySelector("[data-id]")?.getAttribute("data-id");
  return shown.find((item) => item.problem.id === id);
}
