/** What writer.py puts into the page: an evaluation (result.py), names and examples. */

type Named = { zh: string; en: string };

interface NameView extends Named {
  colour: string;
}

interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

interface ModelView {
  file: string;
  version: string;
  sha256: string;
  engine: string;
  precision: string;
  input_size_px: number;
  slices: boolean;
  seconds_per_picture: number;
}

interface ClassView extends NameView {
  labels: number;
  pictures: number;
  found: number;
  hits: number;
  thresholds: Record<string, number>;
  ap: Estimate;
  ap_50_95: Estimate | null;
  precision: Estimate;
  recall: Estimate;
  auc: Estimate | null;
  misses: Record<string, number>;
  false: Record<string, number>;
}

interface CurveView {
  recall: number[];
  precision: number[];
  confidence: number[];
}

interface AlarmView {
  set: string;
  class_name: string;
  pictures: number;
  raised: number;
  boxes: number;
  per_100: Estimate;
  boxes_per_100: Estimate;
}

interface WidthView {
  from_px: number;
  to_px: number | null;
  labels: number;
  recall: Estimate;
}

interface DifferenceView {
  class_name: string;
  figure: string;
  first: number;
  second: number;
  difference: Estimate;
  verdict: string;
}

interface EvaluationView {
  measured_on: string;
  machine: string;
  model: ModelView;
  data: {
    name: string;
    pictures: number;
    groups: number;
    quiet: Record<string, number>;
    digest: string;
    iou: number;
    min_width_px: number;
  };
  classes: Record<string, ClassView>;
  mean_ap: Estimate;
  mean_ap_50_95: Estimate | null;
  curves: Record<string, CurveView>;
  alarms: AlarmView[];
  confusion: { classes: string[]; counts: number[][] } | null;
  widths: Record<string, WidthView[]>;
  unknown: string[];
  notes: Named[];
  comparison: {
    model: ModelView;
    differences: DifferenceView[];
    widths: Record<string, WidthView[]>;
  } | null;
}

interface BoxView {
  role: "truth" | "found";
  main: boolean;
  class_name: string;
  confidence: number | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

interface ExampleView {
  class_name: string;
  cause: string;
  cause_class: string | null;
  cause_confidence: number | null;
  set_name: string;
  file: string;
  confidence: number | null;
  size: [number, number];
  box_px: [number, number];
  image: string;
  width: number;
  height: number;
  boxes: BoxView[];
}

interface PageView {
  evaluation: EvaluationView;
  names: Record<string, NameView>;
  misses: ExampleView[];
  false: ExampleView[];
  counts: { misses: number; false: number };
}
