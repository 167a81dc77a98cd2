/** What data.py puts into the page. Times are ISO 8601 with their offset, or null. */

type Language = "zh" | "en";
type Named = { zh: string; en: string };

interface KindView extends Named {
  name: string;
  colour: string;
}

interface PositionView {
  lat: number;
  lon: number;
  accuracy_m: number;
  method: string;
}

interface ScoreView {
  total: number;
  band: string;
  parts: Record<string, number>;
  missing: string[];
  version: string;
}

interface ProblemView {
  id: string;
  kind: string;
  sub_kind: string;
  state: string;
  score: ScoreView;
  position: PositionView | null;
  zone: string | null;
  sources: string[];
  started_at: string | null;
  ended_at: string | null;
  dwell_s: number;
  arrival_known: boolean;
  confidence: number;
  looks: number;
  observations: string[];
  cover: string | null;
}

interface EvidenceView {
  role: string;
  path: string;
  sha256: string;
  t_s: number;
  at: string | null;
}

interface VersionView {
  name: string;
  version: string;
  sha256?: string | null;
}

interface ObservationView {
  id: string;
  revision: number;
  state: string;
  kind: string;
  sub_kind: string;
  source: { name: string; sha256: string | null; camera_id: string | null; media: string };
  model: VersionView;
  rule: VersionView;
  started_at: string | null;
  ended_at: string | null;
  start_s: number;
  end_s: number;
  confidence: number;
  dwell_s: number;
  arrival_known: boolean;
  last_clear_at: string | null;
  position: PositionView | null;
  zone: string | null;
  evidence: EvidenceView[];
  looks: number;
  track_length_s: number;
}

interface SummaryData {
  sources: number;
  photos: number;
  videos: number;
  media_s: number;
  wall_s: number;
  looks: number;
  observations: number;
  problems: number;
  errors: [string, string][];
  model: string;
  rules: string[];
}

interface PageView {
  title: string;
  generated_at: string;
  summary: SummaryData;
  kinds: KindView[];
  sub_kinds: Record<string, Named>;
  problems: ProblemView[];
  observations: Record<string, ObservationView>;
}

/** A problem with what filtering and sorting need. */
interface Item {
  problem: ProblemView;
  seen: ObservationView[];
  kind: KindView;
  words: string;
  wall: number;
  stream: number;
}

interface Filter {
  kinds: Set<string>;
  text: string;
  source: string;
  score: number;
  confidence: number;
  located: boolean;
  sort: string;
}
