import type { CallCutter, CutRecord } from '../../model/call-cutter.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { AlikeSpans } from './alike-spans.ts';
import type { CutSpan } from './cut-span.ts';
import { KIN_WORDS, putKin } from './kin.ts';
import { PlainSpans, SPANS } from './plain-spans.ts';

/** Cuts export requests of spans that say themselves which episode they belong to, or are of no interest. */
export function openCutter(isRefused: (around: string) => boolean): CallCutter {
  const plain = new PlainSpans(isRefused);
  const alike = new AlikeSpans();
  let spans: readonly CutSpan[] = [];
  return {
    words: KIN_WORDS,
    cut: ({ text, ref }: RawRecord) => {
      spans = plain.cut(text) ?? [];
      return spans.length === 0 || hasTwins(spans) ? undefined : recordsOf(spans, ref, alike);
    },
    identify: (record, words, at) => {
      const span = spans[record];
      if (span !== undefined) putKin(words, at, span);
    },
    alike: {
      mark: SPANS,
      templates: () => spans.map((span) => alike.templateOf(span)),
      edition: () => alike.edition,
    },
  };
}

/** What was learned of a span last counts, so those that come twice in a request are looked up again. */
function hasTwins(spans: readonly CutSpan[]): boolean {
  return spans.length > 1 && new Set(spans.map(({ spanId }) => spanId)).size < spans.length;
}

function recordsOf(spans: readonly CutSpan[], ref: SourceRef, alike: AlikeSpans): readonly CutRecord[] | undefined {
  const records: CutRecord[] = [];
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i];
    const record = span === undefined ? undefined : alike.recordOf(span, ref);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return records;
}
