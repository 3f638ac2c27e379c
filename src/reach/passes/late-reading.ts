import { endKey } from '../../core/network/end-key.ts';
import type { Event } from '../../model/event.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Reach } from '../keeping/reach.ts';
import { LEFT } from '../moments/answer.ts';
import { Quiet } from '../skimming/quiet.ts';
import { skimInOrder } from '../skimming/skimmer.ts';

/** One more reading of a file for connections to far ends that it, or a file behind it, only made matter: its verdicts, or lines of other formats in it. */
export class LateReading {
  readonly buffers: readonly Uint8Array[];
  readonly #reach: Reach;
  readonly #asOf: number;
  readonly #quiet: Quiet;

  /** `asOf`: the version of the interest that the first reading went by. */
  constructor(reach: Reach, asOf: number) {
    this.buffers = reach.memory.buffers;
    this.#reach = reach;
    this.#asOf = asOf;
    this.#quiet = new Quiet(reach.rules, reach.sample.ports);
  }

  skimming(look: Look): (chunk: Uint8Array) => Skimmed {
    return skimInOrder(look, (glance) => (glance.kind === 'life' ? LEFT : this.#quiet.answer(glance)));
  }

  left(): void {}

  keep(events: readonly Event[], _: RawRecord | undefined, look: () => Glance | undefined): readonly Event[] {
    const kept = events.filter((event) => this.#reach.retention.late(event, { asOf: this.#asOf }));
    if (kept.length === 0 && events.length > 0) this.#silence(events, look());
    return kept;
  }

  /** What a decoder held back is not of the line at hand: the events tell which far ends do not matter. */
  #silence(events: readonly Event[], glance: Glance | undefined): void {
    if (glance?.kind === 'traffic') this.#quiet.add(glance, LEFT);
    for (const event of events)
      if (event.kind === 'process' && event.socket !== undefined)
        this.#quiet.add({ kind: 'socket', key: endKey(event.socket.remote) }, LEFT);
  }
}
