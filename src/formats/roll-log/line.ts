import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso } from '../../core/time/time.ts';

/** `[YYYY-mm-dd HH:MM:SS] [file.py (line)] [LEVEL] [WORKER RANK / WORLD][PID n] `, in Ray's output behind `(Actor pid=…, ip=…) `. */
export const LINE =
  /^(?:(?:\p{Cc}\[[0-9;]*m)*\([^()]* ?pid=\d+[^()]*\)(?:\p{Cc}\[[0-9;]*m)* )?\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[[^\]]*\]\[PID \d+\] /u;
const PARTS = /\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[([^\]]*)\]\[PID (\d+)\] /;
/** All that stands before the message in a line of the worker's own file. */
const OWN = new RegExp(`^${PARTS.source}`);

export interface RollLine {
  readonly stamp: Stamp;
  readonly rawTime: string;
  /** Worker, rank and process that wrote the record: model text cannot know them. */
  readonly origin: string;
  readonly fromRay: boolean;
  /** Where in the record its message begins. */
  readonly messageAt: number;
}

/** Reads the beginning of lines; many are of one second. */
export function rollLines(zoneOffsetMin: number): (text: string) => RollLine | undefined {
  let lastRaw = '';
  let lastStamp: Stamp | undefined;
  return (text) => {
    const fromRay = !text.startsWith('[');
    const m = fromRay ? (LINE.test(text) ? PARTS.exec(text) : null) : OWN.exec(text);
    if (m === null) return undefined;
    const [head, rawTime = '', worker, pid] = m;
    if (rawTime !== lastRaw) lastStamp = parseIso(rawTime, zoneOffsetMin);
    lastRaw = rawTime;
    const stamp = lastStamp;
    if (stamp === undefined) return undefined;
    return { stamp, rawTime, origin: `${worker} ${pid}`, fromRay, messageAt: m.index + head.length };
  };
}

export function messageOf(text: string, { messageAt }: RollLine): string {
  return text.slice(messageAt);
}

const [BRACKET, SMALL_F, E, S] = ['[', 'f', 'E', 'S'].map((sign) => sign.charCodeAt(0));

/** Whether a message may be one of those that `log.ts` reads, by its first letters. */
export function mayTell(text: string, { messageAt }: Pick<RollLine, 'messageAt'>): boolean {
  const first = text.charCodeAt(messageAt);
  if (first !== BRACKET) return first === SMALL_F;
  const second = text.charCodeAt(messageAt + 1);
  return second === E || second === S;
}
