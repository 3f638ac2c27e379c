import type { Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { sniffMean } from '../decoded.ts';
import { parseIso } from '../time/time.ts';

const STAMP = String.raw`(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?)`;
const TAG = String.raw`[^\s:[\]/]{1,64}(?:\[\d+\])?: `;

/** `<PRI>`, RFC 5424 and RFC 3164 headers with and without tag and host, the stamp of `kubectl logs --timestamps`, blanks. */
const HEADERS = [
  /^<\d{1,3}>1 (\S+) (\S+) \S+ \S+ \S+ (?:-|\[.*?\])\s?\uFEFF?/,
  new RegExp(`^${STAMP} ([\\w.:-]+) ${TAG}`),
  new RegExp(`^${STAMP} ([\\w.:-]+) `),
  new RegExp(`^${STAMP} (?:${TAG})?`),
  /^<\d{1,3}>\s*/,
  /^\s+/,
];

/** One of these begins each of them; most lines of other logs end here. */
const BEGINS_HEADER = /^[<\dA-Z\s]/;

/** The headers that may begin a text, the longest first: whether a word is a host or begins the line is for the format to say. */
function* headersOf(text: string): Generator<RegExpExecArray> {
  if (!BEGINS_HEADER.test(text)) return;
  for (const header of HEADERS) {
    const match = header.exec(text);
    if (match !== null) yield match;
  }
}

/** What stands behind a header, and what the header states. */
function behind(record: RawRecord, header: RegExpExecArray): RawRecord {
  const stamp = parseIso(header[1] ?? '');
  const observed = record.observed ?? (stamp?.zone === 'explicit' ? stamp.at : undefined);
  const host = record.host ?? (header[2] === '-' ? undefined : header[2]);
  return {
    ...record,
    text: record.text.slice(header[0].length),
    ...(observed === undefined ? {} : { observed }),
    ...(host === undefined ? {} : { host }),
  };
}

const behindHeaders = new WeakMap<SniffRecord, readonly string[]>();

/** Several formats ask for what stands behind the headers of the same record. */
function textsBehind(record: SniffRecord): readonly string[] {
  const known = behindHeaders.get(record);
  if (known !== undefined) return known;
  const texts = Array.from(headersOf(record.text), ([header]) => record.text.slice(header.length));
  behindHeaders.set(record, texts);
  return texts;
}

/**
 * A format of lines that carry their own time, which relays send on behind a syslog header: lines that are not its own as
 * they stand are tried without one. The time of the header is when the relay saw the line.
 */
export function headed(format: Format): Format {
  const score = (text: string): Sniff => format.claims({ text, json: undefined });
  const inner = (record: RawRecord): RawRecord | undefined => {
    for (const header of headersOf(record.text))
      if (score(record.text.slice(header[0].length)).score > 0) return behind(record, header);
    return undefined;
  };
  const claims = (record: SniffRecord): Sniff => {
    const own = format.claims(record);
    if (own.score > 0) return own;
    for (const text of textsBehind(record)) {
      const sniff = score(text);
      if (sniff.score > 0) return sniff;
    }
    return own;
  };
  return {
    ...format,
    claims,
    ...(format.sniff === undefined ? {} : { sniff: (sample) => sniffBehind(format, sample, claims) }),
    open: (context) => {
      const decoder = format.open(context);
      return {
        ...decoder,
        decode: (record) => decoder.decode(score(record.text).score > 0 ? record : (inner(record) ?? record)),
      };
    },
  };
}

/** A format that judges a head as a whole is asked about it as it stands, then record by record. */
function sniffBehind(format: Format, sample: Sample, claims: Format['claims']): Sniff {
  const own = format.sniff?.(sample) ?? sniffMean(sample, format.claims);
  return own.score > 0 ? own : sniffMean(sample, claims);
}
