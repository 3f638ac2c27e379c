import type { Event } from '../model/event.ts';
import type { Decoded, Sample, Sniff, SniffRecord } from '../model/format.ts';

export function decoded(...events: readonly Event[]): Decoded {
  return { status: 'decoded', events };
}

export function skipped(reason: string): Decoded {
  return { status: 'skipped', reason };
}

/** Of a line that a format's own programs do not write: others are asked for it. */
const FOREIGN = 'line of another program';

export function foreign(): Decoded {
  return skipped(FOREIGN);
}

export function isForeign(result: Decoded): boolean {
  return result.status === 'skipped' && result.reason === FOREIGN;
}

const HEADINGS: ReadonlySet<string> = new Set(['header', 'units']);

/** Whether what was skipped for this reason says how the records behind it are read. */
export function isHeading(reason: string): boolean {
  return HEADINGS.has(reason);
}

export function failed(reason: string): Decoded {
  return { status: 'failed', reason };
}

export function yes(score: number, reason: string): Sniff {
  return { score, reason };
}

export function no(reason: string): Sniff {
  return { score: 0, reason };
}

type Claims = (record: SniffRecord) => Sniff;
type WeightOf = (record: SniffRecord) => number;

const alike: WeightOf = () => 1;

/** Mean score of a head; the reason of the best record. Nothing where none of a few records is claimed. `weightOf`: of those that are not. */
export function sniffMean(sample: Sample, claims: Claims, weightOf: WeightOf = alike): Sniff {
  const few = sample.few === undefined ? undefined : meanOf(sample.few, claims, alike);
  return few?.score === 0 ? few : meanOf(sample.records, claims, weightOf);
}

function meanOf(records: readonly SniffRecord[], claims: Claims, weightOf: WeightOf): Sniff {
  if (records.length === 0) return no('empty');
  let total = 0;
  let weight = 0;
  let best: Sniff = no('no record recognised');
  for (const record of records) {
    const sniff = claims(record);
    total += sniff.score;
    weight += sniff.score > 0 ? 1 : weightOf(record);
    if (sniff.score > best.score || (best.score === 0 && total === 0)) best = sniff;
  }
  return { score: total / weight, reason: best.reason };
}
