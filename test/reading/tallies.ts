import { decoded, failed, foreign, skipped } from '../../src/core/decoded.ts';
import type { Event } from '../../src/model/event.ts';
import type { Decoder, Format } from '../../src/model/format.ts';
import type { Skimmed } from '../../src/model/skimmed.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import { Tally } from '../../src/reading/counting/tally.ts';
import type { Recognised } from '../../src/reading/recognising/recognise.ts';

export const eventAt = (second: number, line: number, basis = 'event'): Event =>
  ({ kind: 'network', time: { at: second, basis }, ref: { source: 'x', line, offset: 0, bytes: 0 } }) as Event;

/** A decoder of lines `ID SECOND`, `ID -` of which nothing is made, and `ID ?` which are another program's. */
export const plain = (id: string): Decoder => ({
  decode: ({ text, ref }) => {
    const [own, what = ''] = text.split(' ');
    if (own !== id) return failed(`not ${id}`);
    if (what === '-') return skipped('nothing');
    if (what === 'names') return skipped('header');
    if (what === 'never') return decoded(eventAt(99, ref.line, 'none'));
    return what === '?' ? foreign() : decoded(eventAt(Number(what), ref.line));
  },
});

/** `score`: how sure it is of lines that begin with its id. */
export const formatOf = (
  id: string,
  { score = 1, framing = 'auto', open = () => plain(id) }: Partial<Fake> = {},
): Format =>
  ({
    id,
    roles: [`role of ${id}`],
    framing,
    open,
    claims: ({ text }: { text: string }) => ({ score: text.startsWith(id) ? score : 0, reason: '' }),
  }) as unknown as Format;

interface Fake {
  readonly score: number;
  readonly framing: string;
  readonly open: () => Decoder;
}

export const a = formatOf('a');
export const b = formatOf('b');

export interface File {
  readonly format?: Format | undefined;
  readonly others?: readonly Format[];
  readonly all?: readonly Format[];
  readonly bytes?: number;
  readonly head?: Partial<Recognised['head']>;
}

export const tallyOf = (file: File = {}): Tally => {
  const { others = [], all = [a, b], bytes = 9, head = {} } = file;
  const format = 'format' in file ? file.format : a;
  const recognised = { input: { path: 'x', bytes }, head, detection: { format, others, candidates: [] } };
  return new Tally(recognised as unknown as Recognised, all, { path: 'x', zoneOffsetMin: 0, reference: 0 as Micros });
};

export const record = (text: string, line: number, more: Partial<RawRecord> = {}): RawRecord => ({
  text,
  ref: { source: 'x', line, offset: 0, bytes: 0 },
  ...more,
});

/** Reads lines, of which it keeps the events that `keeps` wants. */
export function read(tally: Tally, lines: readonly string[], keeps: (event: Event) => boolean = () => true): Tally {
  for (const [i, text] of lines.entries()) {
    const events = tally.read(record(text, i + 1));
    tally.note(events, events.filter(keeps), i + 1);
  }
  return tally;
}

export function told(tally: Tally, keep?: (events: readonly Event[]) => readonly Event[]) {
  tally.flush(keep);
  const { sha256: _, ...report } = tally.report(Promise.resolve(''), 9);
  const { read, decoded, skipped, failed } = report.records;
  return { ...report, counts: [read, decoded, skipped, failed] };
}

/** Lines behind `firstLine` of which all but those in `read` were left. */
export const skimmed = (lines: number, read: readonly number[], lastLeft?: Skimmed['lastLeft']): Skimmed =>
  ({ lines, read: Uint32Array.from(read.flatMap((line) => [line, 0, 0])), lastLeft }) as unknown as Skimmed;
