import { tryJson } from '../../core/json/json.ts';
import { ownText } from '../../core/text/own-text.ts';
import { CutSpan } from './cut-span.ts';
import { logsOf, type Resource, spanGroups } from './message.ts';
import { readSpanShape, type SpanShape } from './span-shape.ts';

/** What stands around the spans of a request with one resource and one scope. */
interface Frame {
  /** Up to the bracket before the first span. */
  readonly head: string;
  /** From the bracket behind the last span. */
  readonly tail: string;
  readonly resource: Resource;
}

const MOST_FRAMES = 1000;
const RECENT_FRAMES = 4;
const MOST_SHAPES = 24;
/** Trying costs less than parsing as long as no more than so many shapes are tried for each span. */
const TRIES_A_SPAN = 4;
const FREE_TRIES = 500;
/** A long text is better read by the parser: V8 remembers a way back for each character that an expression takes. */
const LONGEST_LINE = 1 << 20;

/** What stands before the first span. */
export const SPANS = '"spans":[';

/**
 * Cuts spans from export requests without parsing them. One writer puts the same members in the same order, so a span is mostly
 * of a shape that was seen before, and what stands around it is the same text. A line that fits is JSON, and its spans are those
 * that the parser would find; any other is left to the parser.
 */
export class PlainSpans {
  readonly #frames = new Map<string, Frame>();
  #recent: readonly Frame[] = [];
  readonly #shapes: SpanShape[] = [];
  readonly #isRefused: (around: string) => boolean;
  #tries = 0;
  #spans = 0;

  /** `isRefused`: whether lines that begin and end so are left to the parser. */
  constructor(isRefused: (around: string) => boolean = () => false) {
    this.#isRefused = isRefused;
  }

  /** Undefined where the line is not plain. */
  cut(line: string): readonly CutSpan[] | undefined {
    if (line.length > LONGEST_LINE || this.#tries > FREE_TRIES + this.#spans * TRIES_A_SPAN) return undefined;
    const recent = this.#recentOf(line);
    const from = recent?.head.length ?? startOf(line);
    const found = from === 0 ? undefined : this.#matches(line, from);
    const frame = found === undefined ? undefined : this.#frameOf(line, { recent, from, end: found.end });
    if (found === undefined || frame === undefined) {
      this.#tries++;
      return undefined;
    }
    const spans = found.matches.map(({ shape, match }) => new CutSpan(shape, match, frame.resource));
    if (!spans.every(({ isNamed }) => isNamed)) return undefined;
    this.#spans += spans.length;
    return spans;
  }

  #recentOf(line: string): Frame | undefined {
    let start = '';
    for (const frame of this.#recent) {
      const { head } = frame;
      // Faster than `startsWith`.
      if (start.length !== head.length) start = line.slice(0, head.length);
      if (start === head) return frame;
    }
    return undefined;
  }

  /** The spans from there on, with commas between them. */
  #matches(line: string, from: number): { readonly matches: readonly Match[]; readonly end: number } | undefined {
    const first = this.#match(line, from);
    if (first === undefined) return undefined;
    // Most requests hold one span: a list that is pushed to makes room for 17.
    const matches = [first];
    let end = from + first.match[0].length;
    while (line[end] === ',') {
      const next = this.#match(line, end + 1);
      if (next === undefined) return undefined;
      matches.push(next);
      end += 1 + next.match[0].length;
    }
    return { matches, end };
  }

  #frameOf(line: string, { recent, from, end }: Between): Frame | undefined {
    const tail = line.slice(end);
    if (recent?.tail === tail) return recent;
    const head = line.slice(0, from);
    const frame = this.#frames.get(head) ?? this.#learnFrame(head, tail);
    if (frame?.tail !== tail) return undefined;
    this.#recent = [frame, ...this.#recent.slice(0, RECENT_FRAMES - 1)];
    return frame;
  }

  #learnFrame(head: string, tail: string): Frame | undefined {
    this.#tries++;
    if (this.#frames.size >= MOST_FRAMES) return undefined;
    const frame = readFrame(ownText(head), ownText(tail));
    if (frame === undefined || this.#isRefused(`${head}${tail}`)) return undefined;
    this.#frames.set(frame.head, frame);
    return frame;
  }

  #match(line: string, at: number): Match | undefined {
    const shapes = this.#shapes;
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i];
      if (shape === undefined) continue;
      shape.regex.lastIndex = at;
      const match = shape.regex.exec(line);
      if (match === null) {
        this.#tries++;
        continue;
      }
      // Nearer to the front for the next.
      const before = shapes[i - 1];
      if (before !== undefined) {
        shapes[i - 1] = shape;
        shapes[i] = before;
      }
      return { shape, match };
    }
    return this.#learnShape(line, at);
  }

  #learnShape(line: string, at: number): Match | undefined {
    this.#tries++;
    const shape = this.#shapes.length >= MOST_SHAPES ? undefined : readSpanShape(line, at);
    if (shape === undefined) return undefined;
    shape.regex.lastIndex = at;
    const match = shape.regex.exec(line);
    if (match === null) return undefined;
    this.#shapes.push(shape);
    return { shape, match };
  }
}

/** Where the spans of a line are; `recent`: the frame that its beginning is of, if it is one of the last. */
interface Between {
  readonly recent: Frame | undefined;
  readonly from: number;
  readonly end: number;
}

/** Where the first span begins; 0 where there is none. */
function startOf(line: string): number {
  const at = line.indexOf(SPANS);
  return at < 0 ? 0 : at + SPANS.length;
}

interface Match {
  readonly shape: SpanShape;
  readonly match: RegExpExecArray;
}

/** Between head and tail stands a list of spans and nothing else, where one value in its place is the only span of the request. */
function readFrame(head: string, tail: string): Frame | undefined {
  const probe = tryJson(`${head}0${tail}`);
  const [group, ...others] = spanGroups(probe);
  if (group?.spans.length !== 1 || group.spans[0] !== 0) return undefined;
  return others.length > 0 || logsOf(probe).length > 0 ? undefined : { head, tail, resource: group.resource };
}
