/**
 * What a value of a line is for. `same`: it is equal in lines that are alike. `whose`: it tells the host or container of a process
 * record and nothing else, so that lines are alike whatever it is. `client`, `port`, `natPort`: see `TrafficGlance`.
 * `url`: a request's path, which rules must be asked about. `second`, `pid`, `parent`: see `LifeGlance`. `epoch`: a second too, with
 * which the mark of an event begins. `moment`: see `AlertGlance.at`. `stamp`: a time, but whichever. `few`: a number of bytes that no rule looks at. `free`: it may be anything.
 */
export type ValueUse =
  | 'free'
  | 'same'
  | 'client'
  | 'port'
  | 'natPort'
  | 'url'
  | 'few'
  | 'second'
  | 'pid'
  | 'parent'
  | 'epoch'
  | 'whose'
  | 'moment'
  | 'stamp'
  | RecordUse;

/**
 * Of records of calls, see `CallCutter.patterns`: their ids, start and end in nanoseconds of 19 digits, the name of their episode,
 * what a call says, and its own id.
 */
export type RecordUse = 'traceId' | 'spanId' | 'parentId' | 'from' | 'until' | 'episode' | 'said' | 'callId';

/** JSON text without its quotes, a JSON number or literal, any JSON value up to three levels deep. */
interface JsonPart {
  readonly kind: 'text' | 'scalar' | 'any';
  readonly use: ValueUse;
}

/** What stands before a sign or the end of the line, without control characters. */
interface FieldPart {
  readonly kind: 'field';
  readonly use: ValueUse;
  readonly stop: string;
  /** A sign that must not be in it. */
  readonly refused?: string;
  /** How long it may be, in bytes; 0 or nothing for any length. */
  readonly most?: number;
}

/** One or more decimal digits. */
interface DigitsPart {
  readonly kind: 'digits';
  readonly use: 'free' | 'epoch' | 'from' | 'until';
  /** Exactly so many; 0 or nothing for any number. */
  readonly count?: number;
}

/** So many digits of lower-case hex, not all zeros; a parent's may be missing. */
interface HexPart {
  readonly kind: 'hex';
  readonly use: 'traceId' | 'spanId' | 'parentId';
  readonly count: 16 | 32;
}

/** In a further line of an event: what stands in the first from the value of use `epoch` on up to `)`, the bracket included. */
interface MarkPart {
  readonly kind: 'mark';
  readonly use: 'free';
}

/** All that stands before the end of the line. */
interface RestPart {
  readonly kind: 'rest';
  readonly use: 'free';
}

/** A piece of a line: bytes as they stand, one character each, or a value. Of an event's lines those between them are literals. */
export type TemplatePart =
  | { readonly literal: string }
  | JsonPart
  | FieldPart
  | DigitsPart
  | HexPart
  | MarkPart
  | RestPart;

/**
 * What lines of one writer have in common. Of two lines that one template takes, with equal values where they are to be the
 * same, a look tells the same but for client, ports, moment and pids; those it reads from the values marked so. What decides
 * which value is the client's must be a literal.
 */
export type Template = readonly TemplatePart[];
