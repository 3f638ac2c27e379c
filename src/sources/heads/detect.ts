import { sniffMean } from '../../core/decoded.ts';
import type { Format, Framing, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import { cutFor, type Head, sampleOf } from './head.ts';

interface FormatScore {
  readonly id: string;
  readonly score: number;
  readonly reason: string;
}

export interface Detection {
  readonly format: Format | undefined;
  /** Formats that also own records of the head: the file is mixed and is decided per record. */
  readonly others: readonly Format[];
  readonly candidates: readonly FormatScore[];
}

/** A head with a lower best score belongs to nobody. */
const FLOOR = 0.2;

/** Records that every format is asked about first. */
const FEW = 16;

/** Scores a head with every format. What several framings cut alike is cut once. */
export function detectFormat(formats: readonly Format[], path: string, head: Head): Detection {
  const samples = new Map<string, Sample>();
  const sampleFor = (framing: Framing): Sample => {
    const cut = cutFor(head, framing);
    const key = typeof cut === 'string' ? cut : cut.startsRecord.source;
    const known = samples.get(key);
    if (known !== undefined) return known;
    const sample = withFew(sampleOf(path, head, cut));
    samples.set(key, sample);
    return sample;
  };
  const scored = formats.map((format) => ({ format, sniff: scoreOf(format, sampleFor(format.framing)) }));
  if (scored.every(({ sniff }) => sniff.score === 0))
    for (const entry of scored) entry.sniff = scoreOf(entry.format, allOf(sampleFor(entry.format.framing)));
  scored.sort((a, b) => b.sniff.score - a.sniff.score || (a.format.id < b.format.id ? -1 : 1));
  const best = scored[0];
  const candidates = scored.map(({ format, sniff }) => ({
    id: format.id,
    score: round(sniff.score),
    reason: sniff.reason,
  }));
  if (best === undefined || best.sniff.score <= 0) return { format: undefined, others: [], candidates };
  const others = mixedWith(best.format, formats, sampleFor(best.format.framing));
  if (best.sniff.score < FLOOR && others.length === 0 && best.sniff.score < 0.01)
    return { format: undefined, others: [], candidates };
  return { format: best.format, others, candidates };
}

/** A document may hold anything: where fewer of its records are known it carries none. */
const SURE = { lists: 0.2, members: 0.5 } as const;

/** What a head is of whose documents are no records, but carry them: `{"trajectories":[…]}`, `{"data":{"items":[…]}}`, `{"ID":{…}}`. */
export function detectCarried(
  formats: readonly Format[],
  path: string,
  head: Head,
): { readonly head: Head; readonly detection: Detection } | undefined {
  if (!/^\uFEFF?\s*\{/.test(head.text)) return undefined;
  for (const auto of ['lists', 'members'] as const) {
    const carrying: Head = { ...head, auto };
    const detection = detectFormat(formats, path, carrying);
    if (detection.format !== undefined && (detection.candidates[0]?.score ?? 0) >= SURE[auto])
      return { head: carrying, detection };
  }
  return undefined;
}

function scoreOf(format: Format, sample: Sample): Sniff {
  return (
    format.sniff?.(sample) ?? sniffMean(sample, format.claims, typeof format.framing === 'object' ? linesOf : undefined)
  );
}

/** Lines that stand before the first start of a record are joined: they count as many against the format, as with formats of lines. */
function linesOf({ text }: SniffRecord): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function withFew(sample: Sample): Sample {
  if (sample.records.length <= FEW) return sample;
  const step = sample.records.length / FEW;
  const few = Array.from({ length: FEW }, (_, i) => sample.records[Math.floor(i * step)]);
  return { ...sample, few: few.filter((record) => record !== undefined) };
}

/** Where nobody claims any of the few, all are asked about. */
function allOf({ path, records }: Sample): Sample {
  return { path, records };
}

/** Formats that claim records of the head which the best one does not. */
function mixedWith(best: Format, formats: readonly Format[], sample: Sample): readonly Format[] {
  const out = new Set<Format>();
  for (const record of sample.records) {
    if (best.claims(record).score > 0 || (best.sniff !== undefined && sample.records.length < 2)) continue;
    let owner: Format | undefined;
    let score = 0.5;
    for (const format of formats) {
      if (format === best || format.framing !== best.framing) continue;
      const sniff = format.claims(record);
      if (sniff.score > score) {
        owner = format;
        score = sniff.score;
      }
    }
    if (owner !== undefined) out.add(owner);
  }
  return [...out];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
