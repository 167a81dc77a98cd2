// @ts-check
"use strict";

/** The words of the page in both languages. */
const WORDS = /** @type {const} */ ({
  title: ["模型评测", "Model evaluation"],
  light: ["浅色", "Light"],
  dark: ["深色", "Dark"],
  figures: ["各类指标", "Figures by class"],
  figuresNote: [
    "方括号内为 95 % 区间（自助法，按图片或场景组重抽样；比例的区间不窄于 Wilson 区间）。准确率、召回率按发布阈值计算。AUC：图片级，有该类与没有该类的图片能否分开。",
    "Brackets are 95 % intervals (bootstrap over pictures or scene groups; those of proportions are never narrower than Wilson's). Precision and recall are at the released thresholds. AUC: how well a picture with the class is told from one without.",
  ],
  class: ["类别", "Class"],
  labels: ["标注数", "Labels"],
  inPictures: ["图片 #", "in # pictures"],
  threshold: ["发布阈值", "Threshold"],
  precision: ["准确率", "Precision"],
  recall: ["召回率", "Recall"],
  mean: ["平均", "Mean"],
  notMeasured: ["未测量", "not measured"],
  curves: ["准确率—召回率曲线", "Precision–recall curves"],
  curvesNote: ["圆点为发布阈值处；曲线未平滑。", "The dot is the released threshold; curves are not smoothed."],
  alarms: ["每百张图片的误报", "False alarms in 100 pictures"],
  alarmsNote: ["只统计没有该类的图片；“合计”统计没有任何违规的图片。", "Only pictures without the class count; “any” counts pictures without any violation."],
  set: ["图片集", "Pictures"],
  pictures: ["图片数", "Pictures"],
  raised: ["误报图片", "Alarmed"],
  boxes: ["误报框", "Boxes"],
  per100: ["每百张误报图片", "Alarmed in 100"],
  boxesPer100: ["每百张误报框", "Boxes in 100"],
  any: ["合计（任一违规）", "Any violation"],
  confusion: ["垃圾桶与垃圾满溢的混淆", "Bins and overflowing bins mixed up"],
  confusionNote: ["行：标注；列：模型输出（发布阈值）。", "Rows: labels; columns: what was found, at the released thresholds."],
  missed: ["漏检", "Missed"],
  background: ["无标注", "Nothing labelled"],
  labelled: ["标注 ↓　检出 →", "Label ↓  Found →"],
  widths: ["不同宽度的召回率", "Recall by width"],
  widthsNote: ["宽度为原图像素；发布阈值。", "Width in pixels of the full picture; at the released thresholds."],
  causes: ["漏检与误报的原因", "Why missed, why false"],
  falseAlarms: ["误报", "False alarms"],
  misses: ["最明显的漏检", "Worst misses"],
  missesNote: ["各类轮流取面积最大的漏检，每张图片每类一个。", "The largest first, classes in turn, one of a class in each picture."],
  false: ["最确信的误报", "Surest false alarms"],
  falseNote: ["各类轮流取置信度最高的误报，每张图片每类一个。标注也可能有错。", "The most confident first, classes in turn, one of a class in each picture. Labels may be wrong too."],
  none: ["没有。", "None."],
  truth: ["标注", "Label"],
  found: ["检出", "Found"],
  legendMain: ["粗线：所说的框", "thick: the box in question"],
  comparison: ["两个模型的比较", "Two models compared"],
  comparisonNote: [
    "同一批图片、同一次重抽样的成对差值（乙减甲）；区间不含 0 才算有差别。",
    "Paired differences (B minus A) on the same resamples of the same pictures; a difference is shown where the interval leaves out 0.",
  ],
  modelA: ["甲", "A"],
  modelB: ["乙", "B"],
  figure: ["指标", "Figure"],
  difference: ["差值", "Difference"],
  verdict: ["结论（乙）", "Verdict on B"],
  model: ["模型", "Model"],
  other: ["对比模型", "Compared with"],
  engine: ["运行方式", "Run by"],
  withSlices: ["切片", "with slices"],
  withoutSlices: ["不切片", "without slices"],
  perPicture: ["每张 # 秒", "# s a picture"],
  data: ["数据", "Data"],
  dataText: ["# 张图片", "# pictures"],
  groupsText: ["# 组", "# groups"],
  quiet: ["无违规图片集", "Quiet sets"],
  matching: ["判定", "Right when"],
  leastWidth: ["宽度至少 # 像素", "at least # px wide"],
  digest: ["数据摘要", "Data digest"],
  machine: ["机器", "Machine"],
  measured: ["日期", "Date"],
  boxSize: ["框 # 像素", "box # px"],
  pictureSize: ["图 #", "picture #"],
  confidence: ["置信度", "confidence"],
  "cause.unseen": ["完全未检出", "not seen at all"],
  "cause.unsure": ["检出但低于阈值", "found below the threshold"],
  "cause.loose": ["框不准", "box fits badly"],
  "cause.other_class": ["认作其他类", "taken for another class"],
  "cause.double": ["同一物体重复检出", "second box on one thing"],
  "cause.background": ["此处没有标注", "nothing labelled there"],
  "figure.precision": ["准确率", "Precision"],
  "figure.recall": ["召回率", "Recall"],
  "figure.auc": ["AUC", "AUC"],
  "figure.alarms": ["误报图片比例", "Share of pictures with a false alarm"],
  "verdict.better": ["更好", "better"],
  "verdict.worse": ["更差", "worse"],
  "verdict.no difference shown": ["未见差别", "no difference shown"],
});

/** @typedef {keyof typeof WORDS} Word */

/** @type {"zh" | "en"} */
let language = "zh";

/** The word in the page's language, `#` replaced. @param {Word} word @param {string | number} [value] */
function say(word, value = "") {
  return WORDS[word][language === "zh" ? 0 : 1].replace("#", String(value));
}

/** The word for a value of the data; the value itself where there is none.
 * @param {string} group @param {string} value @returns {string} */
function sayValue(group, value) {
  const key = `${group}.${value}`;
  return Object.hasOwn(WORDS, key) ? say(/** @type {Word} */ (key)) : value;
}
