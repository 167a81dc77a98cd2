// @ts-check
"use strict";

/** One problem in full, in a dialog. */

const COURSE = ["before", "arrival", "limit", "latest", "departure", "after"];
const VIEWS = ["annotated", "original", "crop"];

/** @type {Item | null} */
let opened = null;

/** @returns {HTMLDialogElement} */
function detailDialog() {
  return /** @type {HTMLDialogElement} */ (byId("detail"));
}

/** @param {Item} item */
function openDetail(item) {
  const pressed = document.activeElement?.id;
  opened = item;
  drawDetail(item);
  const dialog = detailDialog();
  if (!dialog.open) dialog.showModal();
  // The button that was pressed is gone; its successor takes the focus.
  const successor = pressed ? /** @type {HTMLElement | null} */ (dialog.querySelector(`#${CSS.escape(pressed)}:enabled`)) : null;
  (successor ?? dialog).focus();
  dialog.scrollTop = 0;
  markItem(item);
}

/** The one before or after, in the order of the list. @param {number} step */
function stepDetail(step) {
  const next = opened && shown[shown.indexOf(opened) + step];
  if (next) openDetail(next);
}

/** @param {Item} item */
function drawDetail(item) {
  const { problem } = item;
  const pages = item.seen.map((seen, index) => observationPart(item, seen, index));
  detailDialog().replaceChildren(
    detailHead(item),
    make("p", { class: "notice" }, make("strong", {}, say("suspected"))),
    make("div", { class: "columns" },
      make("div", { class: "observations" }, ...(pages.length > 0 ? pages : [cover(item)])),
      make("div", { class: "side" },
        make("h3", {}, say("score")), badge(problem.score), scoreParts(problem.score),
        problemFacts(item))));
}

/** @param {Item} item */
function detailHead(item) {
  const index = shown.indexOf(item);
  const button = (/** @type {Word} */ word, /** @type {string} */ sign, /** @type {() => void} */ act) => {
    const made = make("button", { type: "button", id: `detail-${word}`, "aria-label": say(word), title: say(word) }, sign);
    made.addEventListener("click", act);
    return made;
  };
  const previous = button("previous", "‹", () => stepDetail(-1));
  const next = button("next", "›", () => stepDetail(1));
  previous.disabled = index <= 0;
  next.disabled = index < 0 || index >= shown.length - 1;
  return make("div", { class: "detail-head" },
    make("h2", { id: "detail-title" }, dot(item.kind), " ", make("i", { class: "tag" }, say("tag")), ` ${nameOf(item.kind)} `, make("small", {}, otherNameOf(item.kind))),
    make("span", { class: "tools" },
      make("span", { class: "small" }, `${index + 1} / ${shown.length}`),
      previous, next, button("close", "×", () => detailDialog().close())));
}

/** @param {Item} item */
function problemFacts(item) {
  const { problem } = item;
  const where = problem.position;
  const sub = subKind(problem.sub_kind);
  return facts([
    [say("subKind"), `${sub.zh} / ${sub.en}`],
    [say("state"), stateMark(problem.state)],
    [say("when"), span(item)],
    [say("dwell"), problem.arrival_known || problem.dwell_s <= 0 ? dwell(problem) : `${dwell(problem)} (${say("atLeast")})`],
    [say("where"), where ? `${place(where)} (${sayValue("method", where.method)})` : place(null)],
    [say("zone"), problem.zone],
    [say("source"), sourceNames(problem.sources)],
    [say("confidence"), problem.confidence.toFixed(2)],
    [say("looks"), String(problem.looks)],
    [say("id"), make("code", {}, problem.id)],
  ]);
}

/** What was seen by one source: pictures, course, files. All but the first start folded.
 * @param {Item} item @param {ObservationView} seen @param {number} index */
function observationPart(item, seen, index) {
  const title = `${say("observation")} ${index + 1}/${item.seen.length} · ${seen.source.name}`;
  const box = make("details", { class: "observation" }, make("summary", {}, title));
  const fill = () => {
    if (box.open && box.childElementCount === 1) box.append(gallery(seen), course(seen), originPart(seen));
  };
  box.open = index === 0;
  fill();
  box.addEventListener("toggle", fill);
  return box;
}

/** The large picture of the best look with buttons for the views of it; the originals of other
 * moments are in the table of files. @param {ObservationView} seen */
function gallery(seen) {
  const best = seen.evidence.find((file) => file.role === "annotated");
  const views = VIEWS.flatMap((role) => seen.evidence.filter((file) =>
    file.role === role && (best === undefined || file.t_s === best.t_s)));
  const stage = make("div", { class: "stage" });
  const buttons = make("div", { class: "views", role: "group", "aria-label": say("picture") });
  const show = (/** @type {EvidenceView} */ file, /** @type {HTMLElement} */ pressed) => {
    stage.replaceChildren(linked(file));
    for (const one of buttons.children) one.setAttribute("aria-pressed", String(one === pressed));
  };
  for (const file of views) {
    const button = make("button", { type: "button" }, sayValue("role", file.role));
    button.addEventListener("click", () => show(file, button));
    buttons.append(button);
    if (file === views[0]) show(file, button);
  }
  return make("div", {}, stage, views.length > 1 ? buttons : null);
}

/** A picture or clip that leads to its file. @param {EvidenceView} file */
function linked(file) {
  const url = address(file.path);
  if (file.role === "clip") return make("video", { controls: "", preload: "none", src: url });
  const label = `${sayValue("role", file.role)} ${moment(file.at, file.t_s)}`;
  return make("a", { href: url, target: "_blank", rel: "noopener", title: say("openFull") }, picture(url, label, file.path));
}

/** Arrival, limit, latest, departure: each with its own time. @param {ObservationView} seen */
function course(seen) {
  const files = COURSE.flatMap((role) => seen.evidence.filter((file) => file.role === role));
  const clips = seen.evidence.filter((file) => file.role === "clip");
  const steps = [...files, ...clips].map((file) => make("figure", {}, linked(file),
    make("figcaption", {}, make("b", {}, sayValue("role", file.role)), make("span", {}, moment(file.at, file.t_s)))));
  return steps.length === 0 ? "" : make("div", {}, make("h3", {}, say("timeline")), make("div", { class: "course" }, ...steps));
}

/** Where it comes from: files with checksums, model and rule. @param {ObservationView} seen */
function originPart(seen) {
  const rows = seen.evidence.map((file) => make("tr", {},
    make("td", {}, sayValue("role", file.role)),
    make("td", {}, moment(file.at, file.t_s)),
    make("td", {}, make("a", { href: address(file.path), target: "_blank", rel: "noopener" }, file.path), make("code", { class: "sha" }, file.sha256))));
  const head = [say("picture"), say("when"), `${say("file")} · SHA-256`].map((text) => make("th", { scope: "col" }, text));
  const name = (/** @type {VersionView} */ one) => `${one.name} ${one.version}`;
  return make("details", { class: "origin" }, make("summary", {}, say("evidence")),
    make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
    facts([
      [say("model"), name(seen.model)],
      ["SHA-256", seen.model.sha256 ? make("code", { class: "sha" }, seen.model.sha256) : null],
      [say("rule"), name(seen.rule)],
      [say("originSha"), seen.source.sha256 ? make("code", { class: "sha" }, seen.source.sha256) : null],
      [say("lastClear"), seen.last_clear_at ? wallTime(seen.last_clear_at) : null],
      [say("dwell"), dwell(seen)],
      [say("confidence"), seen.confidence.toFixed(2)],
      [say("revision"), String(seen.revision)],
      [say("id"), make("code", {}, seen.id)],
    ]));
}
