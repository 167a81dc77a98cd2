// @ts-check
"use strict";

/** The words of the page in both languages. */
const WORDS = /** @type {const} */ ({
  skip: ["跳到问题列表", "Skip to the problems"],
  suspected: ["疑似，须人工核实", "Suspected: a person must confirm"],
  suspectedMore: [
    "　以下均为机器发现的线索，未经核实不得作为处罚依据。",
    " Everything below is a lead found by a machine, not proof of a violation.",
  ],
  errors: ["未能处理的来源", "Sources that could not be processed"],
  source: ["来源", "Source"],
  message: ["原因与处理办法", "Reason and remedy"],
  byKind: ["按类别筛选", "Filter by kind"],
  filters: ["筛选", "Filters"],
  search: ["搜索", "Search"],
  searchHint: ["编号、地点、区域、来源…", "id, zone, source, name…"],
  allSources: ["全部来源", "All sources"],
  leastScore: ["最低分", "Score from"],
  leastConfidence: ["最低置信度", "Confidence from"],
  sortBy: ["排序", "Sort by"],
  locatedOnly: ["只看有定位的", "Located only"],
  moreFilters: ["更多筛选", "More filters"],
  tag: ["疑似", "Suspected"],
  zoomIn: ["放大", "Zoom in"],
  zoomOut: ["缩小", "Zoom out"],
  reset: ["清除筛选", "Clear"],
  csv: ["导出 CSV", "Export CSV"],
  asTable: ["表格", "Table"],
  asGrid: ["卡片", "Cards"],
  light: ["浅色", "Light"],
  dark: ["深色", "Dark"],
  help: ["键盘帮助", "Keyboard help"],
  problems: ["问题列表", "Problems"],
  map: ["地图", "Map"],
  mapNote: ["圆圈为定位误差范围；无底图，不联网。WGS-84。", "Circles show the position error. No base map, no network. WGS-84."],
  noneLocated: ["没有带定位的问题，不显示地图。", "No problem has a position, so there is no map."],
  kind: ["类别", "Kind"],
  subKind: ["小类", "Sub-kind"],
  score: ["优先分", "Score"],
  scoreParts: ["分项", "Parts"],
  missing: ["缺少（计 0 分）", "Not known (counts 0)"],
  when: ["时间", "When"],
  noTime: ["时间未知", "Time unknown"],
  streamTime: ["视频内时间", "Time in the footage"],
  dwell: ["停留时长", "Dwell"],
  atLeast: ["至少", "at least"],
  where: ["位置", "Where"],
  noPosition: ["无定位", "No position"],
  zone: ["区域", "Zone"],
  state: ["状态", "State"],
  looks: ["观察次数", "Looks"],
  confidence: ["置信度", "Confidence"],
  id: ["编号", "ID"],
  picture: ["图片", "Picture"],
  noPicture: ["无图片", "No picture"],
  pictureMissing: ["图片未找到", "Picture not found"],
  open: ["查看详情", "Open details"],
  more: ["再显示", "Show more:"],
  none: ["没有发现问题。", "No problems were found."],
  noneShown: ["没有符合筛选条件的问题。", "No problem matches the filters."],
  close: ["关闭", "Close"],
  previous: ["上一个", "Previous"],
  next: ["下一个", "Next"],
  evidence: ["证据文件与校验值", "Evidence files and checksums"],
  file: ["文件", "File"],
  observation: ["观测", "Observation"],
  model: ["模型", "Model"],
  rule: ["规则", "Rule"],
  rules: ["规则", "Rules"],
  lastClear: ["上次确认无问题", "Last seen clear"],
  revision: ["修订", "Revision"],
  originSha: ["原始文件 SHA-256", "SHA-256 of the original file"],
  timeline: ["经过", "Course"],
  generated: ["生成时间", "generated:"],
  shownOf: ["显示", "Shown"],
  "count.photos": ["照片 # 张", "photos: #"],
  "count.videos": ["视频 # 段", "videos: #"],
  "count.sources": ["来源 # 个", "sources: #"],
  "count.looks": ["观察 # 次", "looks: #"],
  "count.observations": ["观测 # 条", "observations: #"],
  "count.problems": ["疑似问题 # 个", "suspected problems: #"],
  footage: ["视频总长", "footage:"],
  worked: ["处理用时", "processing time:"],
  keyMove: ["上一个 / 下一个", "Previous / next"],
  keyOpen: ["打开详情", "Open details"],
  keyClose: ["关闭", "Close"],
  keySearch: ["搜索", "Search"],
  keyHelp: ["本帮助", "This help"],
  openFull: ["打开原尺寸图片", "Open the picture in full size"],
  mapCredit: ["地图组件 Leaflet 1.9.4（BSD-2-Clause）", "Map: Leaflet 1.9.4 (BSD-2-Clause)"],
  "sort.score": ["优先分", "Score"],
  "sort.time": ["时间（新→旧）", "Time (newest)"],
  "sort.dwell": ["停留时长", "Dwell"],
  "sort.confidence": ["置信度", "Confidence"],
  "band.urgent": ["特急", "Urgent"],
  "band.high": ["高", "High"],
  "band.medium": ["中", "Medium"],
  "band.low": ["低", "Low"],
  "state.ongoing": ["仍在", "Still there"],
  "state.ended": ["已消失", "Gone"],
  "state.lost": ["移出视野", "Out of view"],
  "role.original": ["原图", "Original"],
  "role.annotated": ["标注图", "Annotated"],
  "role.crop": ["局部", "Close view"],
  "role.arrival": ["首次出现", "Arrival"],
  "role.limit": ["达到时限", "Limit reached"],
  "role.latest": ["最近一次", "Latest"],
  "role.departure": ["离开", "Departure"],
  "role.clip": ["短片", "Clip"],
  "role.before": ["整治前", "Before"],
  "role.after": ["整治后", "After"],
  "method.camera": ["相机位置", "camera"],
  "method.track": ["行车轨迹", "track"],
  "method.exif": ["照片自带", "photo EXIF"],
  "method.ground": ["地面投影", "ground projection"],
  "method.triangulated": ["交会", "triangulated"],
  "method.hand": ["人工", "by hand"],
  "part.kind": ["类别", "Kind"],
  "part.extent": ["规模", "Extent"],
  "part.duration": ["时长", "Duration"],
  "part.place": ["地点", "Place"],
  "part.visibility": ["可见度", "Visibility"],
  "part.recurrence": ["反弹", "Recurrence"],
  "part.arrival": ["到达时间", "Arrival"],
  "part.witnesses": ["来源数", "Witnesses"],
});

/** Letters of the score's formula, where a part is named so. @type {Record<string, string>} */
const PART_LETTERS = {
  K: "kind", E: "extent", D: "duration", S: "place", V: "visibility", R: "recurrence", W: "witnesses",
};

/** @typedef {keyof typeof WORDS} Word */

/** @type {Language} */
let language = "zh";

/** The word in the page's language. @param {Word} word @returns {string} */
function say(word) {
  return WORDS[word][language === "zh" ? 0 : 1];
}

/** The word for a value of the data; the value itself where there is none.
 * @param {string} group @param {string} value @returns {string} */
function sayValue(group, value) {
  const key = `${group}.${value}`;
  return Object.hasOwn(WORDS, key) ? say(/** @type {Word} */ (key)) : value;
}

/** @param {string} part @returns {string} */
function sayPart(part) {
  return sayValue("part", PART_LETTERS[part] ?? part);
}

/** The name in the page's language. @param {Named} named */
function nameOf(named) {
  return named[language];
}

/** The name in the other language. @param {Named} named */
function otherNameOf(named) {
  return named[language === "zh" ? "en" : "zh"];
}
