import type { Event } from '../model/event.ts';
import type { Decoded, Sample, Sniff, SniffRecord } from '../model/format.ts';

export function decoded(...events: readonly Event[]): Decoded {
  return { status: 'decoded', events };
}

export function skipped(reason: string): Decoded {
  return { status: 'skipped', reason };
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

/** Mean score of a head; the reason of the best record. */
export function sniffMean(sample: Sample, claims: (record: SniffRecord) => Sniff): Sniff {
  if (sample.records.length === 0) return no('empty');
  let total = 0;
  let best: Sniff = no('no record recognised');
  for (const record of sample.records) {
    const sniff = claims(record);
    total += sniff.score;
    if (sniff.score > best.score || (best.score === 0 && total === 0)) best = sniff;
  }
  return { score: total / sample.records.length, reason: best.reason };
}
