// @ts-check
"use strict";

/** Export of what is shown. */

/** A cell. Text that a spreadsheet would run as a formula gets an apostrophe.
 * @param {string | number | boolean | null} value @returns {string} */
function cell(value) {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {Item} item @returns {Record<string, string | number | boolean | null>} */
function csvRow({ problem, kind, seen }) {
  const sub = subKind(problem.sub_kind);
  const where = problem.position;
  return {
    status: "疑似 suspected", id: problem.id,
    kind: problem.kind, kind_zh: kind.zh, kind_en: kind.en,
    sub_kind: problem.sub_kind, sub_kind_zh: sub.zh, sub_kind_en: sub.en,
    score: problem.score.total, band: problem.score.band,
    score_parts: Object.entries(problem.score.parts).map(([name, points]) => `${name}=${points}`).join("; "),
    score_missing: problem.score.missing.join("; "),
    state: problem.state, started_at: problem.started_at, ended_at: problem.ended_at,
    start_s: seen[0]?.start_s ?? null, end_s: seen[0]?.end_s ?? null,
    dwell_s: problem.dwell_s, dwell_is_least_value: !problem.arrival_known,
    lat: where?.lat ?? null, lon: where?.lon ?? null, accuracy_m: where?.accuracy_m ?? null,
    position_method: where?.method ?? null, zone: problem.zone, sources: problem.sources.join("; "),
    confidence: problem.confidence, looks: problem.looks, cover: problem.cover,
  };
}

/** @param {Item[]} selected @returns {string} */
function csvText(selected) {
  const rows = selected.map(csvRow);
  const head = Object.keys(rows[0] ?? {});
  const lines = rows.map((one) => Object.values(one).map(cell).join(","));
  // With a byte order mark: spreadsheets otherwise take Chinese for a local code page.
  return "\ufeff" + [head.join(","), ...lines].join("\r\n") + "\r\n";
}

function saveCsv() {
  const url = URL.createObjectURL(new Blob([csvText(shown)], { type: "text/csv;charset=utf-8" }));
  const stamp = page.generated_at.slice(0, 19).replace(/[^0-9]/g, "");
  make("a", { href: url, download: `streetwarden-${stamp}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
