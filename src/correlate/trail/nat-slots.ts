import { logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { NatEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { NatEntry, Tuple } from './tuple.ts';

/** A translation that holds for any far end (port address translation of firewalls), or for all ports of an address. */
interface Slot {
  readonly inside: { readonly ip: string; readonly port: number };
  readonly start: Micros;
  /** Open where no end was logged. */
  end: Micros;
  readonly timed: Timed<NatEvent>;
}

/** Whether a translation states no far end. */
export function isSlot({ dst, replySrc, src, replyDst }: NatEvent): boolean {
  return dst.ip === undefined && replySrc.ip === undefined && src.ip !== undefined && replyDst.ip !== undefined;
}

/** Translations without a far end, by what the far side sees of them. */
export class NatSlots {
  readonly #outside = new Map<string, Slot[]>();
  readonly #live = new Map<string, Slot>();

  /** In the order of time. */
  add(timed: Timed<NatEvent>): void {
    const { event } = timed;
    const inside = { ip: event.src.ip ?? '', port: event.src.port ?? 0 };
    const key = slotKey(event.transport, event.replyDst.ip ?? '', event.replyDst.port ?? 0);
    const whose = `${logOf(timed)}|${key}|${inside.ip}|${inside.port}`;
    const current = this.#live.get(whose);
    if (event.phase === 'destroy') {
      this.#live.delete(whose);
      if (current !== undefined) current.end = timed.at;
      else push(this.#outside, key, { inside, start: timed.lo, end: timed.at, timed });
      return;
    }
    const slot = { inside, start: timed.at, end: Infinity as Micros, timed };
    this.#live.set(whose, slot);
    push(this.#outside, key, slot);
  }

  get isEmpty(): boolean {
    return this.#outside.size === 0;
  }

  /** The slot by which this flow left; undefined where two of different senders lived then: ports may be used for several far ends. */
  undo(tuple: Tuple, at: Micros, slackUs: number): NatEntry | undefined {
    const { transport, srcIp, srcPort } = tuple;
    const byPort = srcPort === 0 ? undefined : this.#at(slotKey(transport, srcIp, srcPort), at, slackUs);
    const slot = byPort ?? this.#at(slotKey('ip', srcIp, 0), at, slackUs);
    if (slot === undefined) return undefined;
    const inside = { ...tuple, srcIp: slot.inside.ip, srcPort: slot.inside.port || srcPort };
    const { host, errorUs, event } = slot.timed;
    return {
      inside,
      outside: tuple,
      translates: true,
      start: slot.start,
      end: slot.end,
      host,
      windowed: false,
      stepUs: event.time.stepUs,
      // Where it began, no flow need have begun.
      isNoBeginning: true,
      errorUs,
      ref: event.ref,
    };
  }

  #at(key: string, at: Micros, slackUs: number): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of this.#outside.get(key) ?? []) {
      const slack = slackUs + slot.timed.errorUs;
      if (slot.start - slack > at || slot.end + slack < at) continue;
      if (best !== undefined && areTwo(best, slot)) return undefined;
      if (best === undefined || slot.start >= best.start) best = slot;
    }
    return best;
  }
}

/** Of different senders at one time. One without an end is over where the next begins. */
function areTwo(first: Slot, second: Slot): boolean {
  if (first.inside.ip === second.inside.ip && first.inside.port === second.inside.port) return false;
  const [earlier, later] = first.start <= second.start ? [first, second] : [second, first];
  return Number.isFinite(earlier.end) && earlier.end > later.start;
}

function slotKey(transport: string, ip: string, port: number): string {
  return port === 0 ? `|${ip}` : `${transport}|${ip}|${port}`;
}
