import type { CoverageEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { decoded } from '../decoded.ts';
import { compact } from '../json/json.ts';

type Said = Pick<CoverageEvent, 'format' | 'clock' | 'time' | 'reason'> & {
  readonly count?: number | undefined;
  readonly host?: string | undefined;
};

/** A source's own word that records are missing: what it does not show may have happened all the same. */
export function missing(record: RawRecord, said: Said): Decoded {
  return decoded(compact({ ...said, kind: 'coverage' as const, ref: record.ref, host: said.host ?? record.host }));
}

/** Kernel and journald lines that tell of suppressed or lost log lines. */
const KERNEL: readonly (readonly [RegExp, CoverageEvent['reason']])[] = [
  [/\b(?:net_ratelimit|\w+): (\d+) (?:output lines|callbacks|messages) suppressed/, 'throttled'],
  [/\bSuppressed (\d+) messages\b/, 'throttled'],
  [/\baudit_lost=([1-9]\d*)/, 'lost'],
  [/\baudit: backlog limit exceeded/, 'lost'],
  [/\bnfnetlink_log\b.*\b(?:ENOBUFS|queue full|dropp?ing)/, 'dropped'],
  [/\bnf_conntrack: (?:nf_conntrack: )?table full, dropping packet/, 'dropped'],
];

/** What a line of the kernel's log says is missing. */
export function kernelLoss(text: string): Pick<Said, 'reason' | 'count'> | undefined {
  for (const [pattern, reason] of KERNEL) {
    const match = pattern.exec(text);
    if (match !== null) return { reason, count: match[1] === undefined ? undefined : Number(match[1]) };
  }
  return undefined;
}
