import { statedTranslation } from '../../core/network/stated-translation.ts';
import { push } from '../../core/push.ts';
import type { NatEvent, NetworkEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { type NatEntry, type Tuple, toTuple, tupleKey } from './tuple.ts';

/** A flow's beginning is told by its end and its seconds, each of which may be rounded. */
const ROUNDED_US = 2_000_000;

interface Stated {
  readonly inside: Tuple;
  readonly timed: Timed<NetworkEvent>;
  readonly phase: NatEvent['phase'];
}

/** Translations that firewalls state beside their flows, by what the far side sees of them. */
export class StatedNat {
  readonly #outside = new Map<string, Stated[]>();

  constructor(network: readonly Timed<NetworkEvent>[]) {
    for (const timed of network) {
      const event = statedTranslation(timed.event);
      if (event === undefined) continue;
      const { transport, src, dst, replySrc, replyDst, phase } = event;
      const inside = toTuple(transport, src, dst, undefined);
      const outside = toTuple(transport, replyDst, replySrc, undefined);
      if (inside !== undefined && outside !== undefined)
        push(this.#outside, tupleKey(outside), { inside, timed, phase });
    }
  }

  get isEmpty(): boolean {
    return this.#outside.size === 0;
  }

  /**
   * The translation by which this flow left; undefined where two senders may have had it. A moment of a flow does not tell when
   * it began and ended: it counts at any time, as long as nobody else ever left by the same ends.
   */
  undo(outside: Tuple, at: Micros, slackUs: number): NatEntry | undefined {
    const all = this.#outside.get(tupleKey(outside));
    if (all === undefined) return undefined;
    const covering = all.filter(({ phase, timed: { lo, hi, errorUs } }) => {
      const slack = slackUs + errorUs;
      return phase !== 'session' || (lo - slack <= at && at <= hi + slack);
    });
    const [first] = covering;
    if (first === undefined || covering.some(({ inside }) => !isSameSource(inside, first.inside))) return undefined;
    const whole = covering.findLast(({ phase }) => phase === 'session');
    return entryOf(whole ?? first, outside);
  }
}

const isSameSource = (a: Tuple, b: Tuple): boolean => a.srcIp === b.srcIp && a.srcPort === b.srcPort;

function entryOf({ inside, timed: { event, lo, hi, errorUs }, phase }: Stated, outside: Tuple): NatEntry {
  const isWhole = phase === 'session';
  return {
    inside,
    outside,
    translates: true,
    start: lo,
    end: hi,
    // The firewall is no host of processes.
    host: undefined,
    windowed: isWhole,
    stepUs: event.time.stepUs,
    ...(isWhole ? { lateUs: Math.min(ROUNDED_US, hi - lo) } : { isNoBeginning: true }),
    errorUs,
    ref: event.ref,
  };
}
