import type { NatEvent, ProcessEvent } from '../../model/event.ts';
import type { Interest } from './interest.ts';

/**
 * Which connections and translations to far ends of violations stay in memory: all while they are few. Beyond that, those that have
 * the client's port of a violation which is weighed by itself; where ports cannot tell, one a second of each process, or client.
 */
export class KeptFlows {
  readonly #interest: Interest;
  readonly #most: number;
  /** The last second that was kept of a process, or client, and a far end. */
  readonly #seconds = new Map<string, number>();
  #kept = 0;
  #left = 0;

  /** `most`: how many there is memory for. */
  constructor(interest: Interest, most: number) {
    this.#interest = interest;
    this.#most = most;
  }

  /** How many were left out. Where any was, how many there are of a kind tells nothing. */
  get left(): number {
    return this.#left;
  }

  /** `event`: to a far end of a violation. */
  keeps(event: NatEvent | ProcessEvent): boolean {
    const isKept = this.#kept < this.#most || (this.#interest.flows.has(event) ?? this.#isNewSecond(event));
    if (isKept) this.#kept++;
    else this.#left++;
    return isKept;
  }

  #isNewSecond(event: NatEvent | ProcessEvent): boolean {
    const { ref, time } = event;
    const [whose, far] =
      event.kind === 'nat' ? [event.src.ip, event.dst] : [`${event.host}|${event.pid}`, event.socket?.remote];
    const key = `${ref.source}|${whose}|${far?.ip}|${far?.port}`;
    const second = Math.floor(time.at / 1e6);
    if (this.#seconds.get(key) === second) return false;
    this.#seconds.set(key, second);
    return true;
  }
}
