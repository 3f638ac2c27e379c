import type { Stamp } from '../../core/time/stamp.ts';
import { parseEpoch } from '../../core/time/time.ts';

/** What stands before a call: who made it, and when. */
export interface Line {
  readonly tid: number | undefined;
  /** With `-Y`: the name before the call. */
  readonly comm: string | undefined;
  /** Only of `-ttt`: a time of day names no day. */
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  readonly body: string;
}

const WHO = /^(?:\[pid\s+(\d+)(?:<([^>]*)>)?\]\s+|(\d+)(?:<([^>]*)>)?\s+)?/;
const WHEN = /^(?:(\d{9,11}\.\d{3,9})|\d\d:\d\d:\d\d(?:\.\d+)?|\(?\+?\s*\d+\.\d{3,9}\)?)\s+/;
/** Instruction pointer (`-i`) and number of the call (`-n`). */
const EXTRAS = /^(?:\[[0-9a-f?]+\]\s*|\[\s*\d+\]\s*)*/;
const BODY = /^(?:\w+\(|<\.\.\. \w+ resumed|\+\+\+ |--- |strace: )/;

export function lineOf(text: string): Line | undefined {
  const message = /^strace: /.test(text);
  if (message) return { tid: undefined, comm: undefined, stamp: undefined, raw: '', body: text };
  // What stands first may be the time of the only process there is.
  const bare = WHEN.exec(text);
  const who = bare !== null && bare[1] !== undefined ? null : WHO.exec(text);
  const behind = text.slice(who?.[0].length ?? 0);
  const when = WHEN.exec(behind);
  const body = behind.slice(when?.[0].length ?? 0).replace(EXTRAS, '');
  if (!BODY.test(body)) return undefined;
  const tid = who?.[1] ?? who?.[3];
  return {
    tid: tid === undefined ? undefined : Number(tid),
    comm: who?.[2] ?? who?.[4],
    stamp: when?.[1] === undefined ? undefined : parseEpoch(when[1]),
    raw: when?.[1] ?? '',
    body,
  };
}
