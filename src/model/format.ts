import type { AlikeRecord } from './alike-record.ts';
import type { Admitted, CallCutter, CutLines } from './call-cutter.ts';
import type { Event } from './event.ts';
import type { RawRecord } from './source.ts';
import type { Template } from './template.ts';
import type { Micros } from './time.ts';

/** What a format can contribute to an answer. */
export const ROLES = [
  'violation',
  'flow',
  'nat',
  'dns',
  'tool-call',
  'episode',
  'process',
  'socket',
  'lease',
  'inventory',
  'gpu',
] as const;
export type Role = (typeof ROLES)[number];

/** Records of several lines: what the first one holds, and the last one where it tells. */
export interface SeveralLines {
  readonly startsRecord: RegExp;
  readonly endsRecord?: RegExp;
}

/** How a file is cut into records. `auto`: by its own content (lines, JSON array, concatenated JSON). */
export type Framing = 'auto' | 'csv' | SeveralLines;

/** How sure a format is that a record is its own: 0 no .. 1 a signature nobody else has. */
export interface Sniff {
  readonly score: number;
  readonly reason: string;
}

/** A record offered for detection: its text and, when the text is JSON, the parsed value. */
export interface SniffRecord {
  readonly text: string;
  readonly json: unknown;
}

/** The replayable head of a file, unwrapped: up to 200 records. */
export interface Sample {
  readonly path: string;
  readonly records: readonly SniffRecord[];
  /** Some of many records, spread over all: a format that claims none of these is not the one that claims most. */
  readonly few?: readonly SniffRecord[];
}

/** What became of one record. Every record read ends in exactly one of these. */
export type Decoded =
  | { readonly status: 'decoded'; readonly events: readonly Event[] }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Stateful reader of one file. Never throws, logs or reads files. */
export interface Decoder {
  decode(record: RawRecord): Decoded;
  /** Events still held when the file ends (grouped records). */
  flush?(): readonly Event[];
  /** What such events are made of: where the file goes on in the next piece of a rotated log, it is handed to `Format.open` instead,
   * which leaves a map as it is. What is frozen, a number or a map is there in later readings as well.
   */
  held?(): unknown;
  /** Of decoders that group records: of how many each of the events was made that were handed out last; none: of the last record. */
  made?(): readonly number[];
  /** Takes note of lines that a cutter of its format has cut. */
  admit?(lines: CutLines): Admitted;
  /** See `Format.isDecodedAhead`; always where it is absent. */
  isQuiet?(): boolean;
}

export interface DecodeContext {
  /** Path as shown in reports. */
  readonly path: string;
  /** Name of the folder that all paths of the run are relative to. */
  readonly folder?: string | undefined;
  /** Minutes east of UTC at an instant, for stamps without a zone; UTC unless the user or the clocks stage says otherwise. */
  readonly zoneOffsetMin: number;
  /** Year for stamps without one: last modification of the file, or the user's `--year`. */
  readonly reference: Micros;
}

/** What one look at a line about traffic tells. */
export interface TrafficGlance {
  readonly kind: 'traffic';
  /**
   * Lines with equal keys, clients on the same side, and texts that no rule knows are judged alike and name the same far end;
   * only time, client and counters may differ.
   */
  readonly key: string;
  readonly clientIp: string;
  /** Ports of the client's end, before and after translation; 0 where there is none. */
  readonly port: number;
  readonly natPort: number;
  readonly url: string | undefined;
  readonly userAgent: string | undefined;
}

/** What one look at a line about the beginning or end of a process tells. */
export interface LifeGlance {
  readonly kind: 'life';
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
  readonly at: Micros;
  /** Undefined also where the look does not tell. */
  readonly containerId?: string | undefined;
  /** Where a sensor may have ruled on it: records with equal keys are judged alike. */
  readonly key?: string | undefined;
}

/** What one look at the records of a process that uses a socket tells: they must be read in full, but only once. */
export interface SocketGlance {
  readonly kind: 'socket';
  /** Records with equal keys name the same far end and are judged alike; undefined where they must be read. */
  readonly key: string | undefined;
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
  /** What became of the first lines of the event; undefined for them. */
  isLeft?: boolean;
}

/** What one look at a line about traffic on which a sensor ruled tells: where many are counted, nothing else of it need be read. */
export interface AlertGlance {
  readonly kind: 'alert';
  /**
   * Lines with equal keys, and texts that no rule knows, are judged alike and are of one kind (`fold/alike.ts`); only time, the
   * client's port and what no event of many tells may differ.
   */
  readonly key: string;
  /** The client's port; 0 where there is none. */
  readonly port: number;
  /** As written, to the microsecond. Of lines with equal keys the interval of the cause lies alike about it. */
  readonly at: Micros;
  readonly url: string | undefined;
  readonly userAgent: string | undefined;
}

/** What one look at a raw line tells without parsing it. The object is only valid until the next look. */
export type Glance = TrafficGlance | AlertGlance | LifeGlance | SocketGlance;

/** Lines that tell what those behind them mean. */
export interface Heading {
  /** Grows with every change. */
  readonly version: number;
  readonly lines: readonly string[];
  /** Other lines followed: one more heading begins anew. */
  readonly isOver: boolean;
}

/** What is looked for in the lines on which a sensor ruled, as in `Look`. */
export interface VerdictLook {
  readonly look: (line: string) => AlertGlance | undefined;
  readonly templateOf: (line: string) => Template | undefined;
}

export interface Look {
  /** Undefined when the line is not plain enough to tell: it is then read in full. */
  (line: string): Glance | undefined;
  /** For lines on which a sensor ruled: asked once some of them are counted. */
  readonly verdicts?: VerdictLook;
  /** What a line on which a look told something has in common with others; undefined where each must be looked at. */
  readonly templateOf?: (line: string) => Template | undefined;
  /** Grows when templates of lines before do not hold for those that follow: under a new header. */
  readonly edition?: () => number;
  /**
   * Of events of several lines: whether the line that begins at a place is one more of the event whose line begins at `first`. A look
   * is then given all lines of an event that stand next to each other.
   */
  readonly continues?: (text: string, first: number, next: number) => boolean;
  /** Goes on as if this were what it saw last, see `Format.headings`. */
  readonly begin?: (heading: Heading) => void;
}

/** What a record has in common with others; undefined where nothing is known of others. `made`: of the record, which is one line. */
export type AlikeOf = (record: RawRecord, made: Decoded) => AlikeRecord | undefined;

/** One log format: a folder under `src/formats/`. */
export interface Format {
  /** kebab-case, equals the folder name. */
  readonly id: string;
  readonly title: string;
  readonly roles: readonly Role[];
  readonly framing: Framing;
  /** `real`: proven on real lines; `documented`: built from documentation only. */
  readonly status: 'real' | 'documented';
  /** One sentence each, for `formats` and the README. */
  readonly clock: string;
  readonly traps: readonly string[];
  /** The hosts that its records name did not write them: one clock stamps those of all. */
  readonly describesHosts?: true;
  /** Score of one record, for files of mixed lines. */
  claims(record: SniffRecord): Sniff;
  /** Score of the whole head; the mean of `claims` over the head where absent. */
  sniff?(sample: Sample): Sniff;
  /** `held`: of the decoder of the piece before this one, see `Decoder.held`. */
  open(context: DecodeContext, held?: unknown): Decoder;
  /** A line means something only after those before it: headers, events of several lines. */
  readonly isInOrder?: true;
  /**
   * Of formats in order whose look hangs on no lines before but those that begin with this sign; empty where it hangs on none. Where
   * it is absent one look must see all lines.
   */
  readonly headings?: string;
  /**
   * Hot formats of tool calls: opens a cutter for one file, whose decoders then `admit` lines. `isRefused`: whether a line with such a
   * beginning and end must be decoded whatever stands between.
   */
  cutter?(isRefused: (around: string) => boolean): CallCutter;
  /**
   * Of long files any thread decodes records, with a decoder that knows of none before them. Where one skips a record and `isQuiet` before
   * and behind it, so does every other that is quiet, and stays so; where it makes nothing but a lease, every other makes the same.
   */
  readonly isDecodedAhead?: true;
  /** Hot formats of those: opens what says which records are alike. */
  alike?(): AlikeOf;
  /** Hot formats only: opens a look for one file, in the order of its lines. */
  look?(context: DecodeContext): Look;
}
