import type { CallCutter, CutRecord } from '../../model/call-cutter.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { namesOf } from './attributes.ts';
import type { CutSpan } from './cut-span.ts';
import { EpisodeKeys } from './identity.ts';
import { KIN_WORDS, putKin } from './kin.ts';
import { PlainSpans } from './plain-spans.ts';
import { spanKind, toolCallOf } from './spans.ts';

/** See `trainingOf`: these tell others something. */
const STEP = namesOf('rl.global_step', 'rl.train_step', 'global_step', 'rl.training_step');

/** Cuts export requests of spans that say themselves which episode they belong to, or are of no interest. */
export function openCutter(isRefused: (around: string) => boolean): CallCutter {
  const plain = new PlainSpans(isRefused);
  const keys = new EpisodeKeys(1);
  let spans: readonly CutSpan[] = [];
  return {
    words: KIN_WORDS,
    cut: ({ text, ref }: RawRecord) => {
      spans = plain.cut(text) ?? [];
      return spans.length === 0 || hasTwins(spans) ? undefined : recordsOf(spans, ref, keys);
    },
    identify: (record, words, at) => {
      const span = spans[record];
      if (span !== undefined) putKin(words, at, span);
    },
  };
}

function hasTwins(spans: readonly CutSpan[]): boolean {
  return spans.length > 1 && new Set(spans.map(({ spanId }) => spanId)).size < spans.length;
}

function recordsOf(spans: readonly CutSpan[], ref: SourceRef, keys: EpisodeKeys): readonly CutRecord[] | undefined {
  const records: CutRecord[] = [];
  for (const span of spans) {
    const { attributes } = span;
    const kind = spanKind(span);
    const episodeId = keys.keyOf(attributes);
    if (kind === 'episode' || (kind === 'tool' && episodeId === undefined)) return undefined;
    if (!span.isUsual || span.among(STEP).length > 0) return undefined;
    const call = kind === 'tool' ? toolCallOf({ span, kind, ref }, episodeId ?? '', 0) : undefined;
    records.push({ episodeId, call });
  }
  return records;
}
