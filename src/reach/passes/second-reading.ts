import type { Event } from '../../model/event.ts';
import type { Glance, LifeGlance, Look } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Reach } from '../keeping/reach.ts';
import { LEFT, READ } from '../moments/answer.ts';
import { containerMark } from '../moments/marks.ts';
import type { MomentsOf } from '../moments/moments.ts';
import { Quiet } from '../skimming/quiet.ts';
import { skimInOrder } from '../skimming/skimmer.ts';

/** A second reading of a whole file, whose places were too many to remember or cannot be found again. */
export class SecondReading {
  readonly buffers: readonly Uint8Array[];
  readonly #reach: Reach;
  readonly #source: string;
  readonly #quiet: Quiet;
  readonly #moments: MomentsOf;

  /** `source`: path of the file that is read. */
  constructor(reach: Reach, source: string) {
    this.buffers = reach.memory.buffers;
    this.#reach = reach;
    this.#source = source;
    this.#moments = reach.retention.surroundings.momentsIn(source);
    this.#quiet = new Quiet(reach.rules, reach.sample.ports);
  }

  skimming(look: Look): (chunk: Uint8Array) => Skimmed {
    return skimInOrder(look, (glance) => this.#answer(glance));
  }

  left(): void {}

  keep(events: readonly Event[], _: RawRecord | undefined, look: () => Glance | undefined): readonly Event[] {
    const kept = events.filter((event) => this.#reach.retention.second(event, { isInnocent: false }));
    const glance = kept.length === 0 && events.length > 0 ? look() : undefined;
    if (glance?.kind === 'traffic') this.#quiet.add(glance, LEFT);
    return kept;
  }

  #wantsLife({ host, pid, at, containerId }: LifeGlance): boolean {
    const { retention } = this.#reach;
    if (retention.surroundings.kinOn(host ?? this.#source)(pid, Math.floor(at / 1e6))) return true;
    return this.#moments.holds(containerMark(containerId), at);
  }

  #answer(glance: Glance): number {
    const { interest } = this.#reach;
    if (glance.kind === 'socket') return LEFT;
    if (glance.kind === 'alert') return READ;
    if (glance.kind === 'life') return this.#wantsLife(glance) ? READ : LEFT;
    return interest.wantsClient({ ip: glance.clientIp, port: glance.port }) ? READ : this.#quiet.answer(glance);
  }
}
