import { parseIso, type Stamp } from '../../core/time.ts';

/** `[YYYY-mm-dd HH:MM:SS] [file.py (line)] [LEVEL] [WORKER RANK / WORLD][PID n] `, in Ray's output behind `(Actor pid=…, ip=…) `. */
export const LINE =
  /^(?:(?:\p{Cc}\[[0-9;]*m)*\([^()]* ?pid=\d+[^()]*\)(?:\p{Cc}\[[0-9;]*m)* )?\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[[^\]]*\]\[PID \d+\] /u;
const PARTS = /\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[([^\]]*)\]\[PID (\d+)\] /;

export interface RollLine {
  readonly stamp: Stamp;
  readonly rawTime: string;
  /** Worker, rank and process that wrote the record: model text cannot know them. */
  readonly origin: string;
  readonly fromRay: boolean;
  readonly message: string;
}

export function parseRollLine(text: string, zoneOffsetMin: number): RollLine | undefined {
  if (!LINE.test(text)) return undefined;
  const m = PARTS.exec(text);
  const stamp = m?.[1] === undefined ? undefined : parseIso(m[1], zoneOffsetMin);
  if (m === null || stamp === undefined) return undefined;
  return {
    stamp,
    rawTime: m[1] ?? '',
    origin: `${m[2]} ${m[3]}`,
    fromRay: !text.startsWith('['),
    message: text.slice(m.index + m[0].length),
  };
}
