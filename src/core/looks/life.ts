import type { LifeGlance } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';
import { micros } from '../time/time.ts';

interface ProcessIds {
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
  readonly containerId?: string | undefined;
}

/** A glance at a process record whose time is only read when somebody asks for it. */
export class LifeLook implements LifeGlance {
  readonly kind = 'life' as const;
  host: string | undefined;
  pid = 0;
  ppid = 0;
  containerId: string | undefined;
  key: string | undefined;
  readonly #parse: (stamp: string) => number | undefined;
  #stamp = '';
  #at: Micros | undefined;

  /** `parse`: microseconds of a stamp that was found plain. */
  constructor(parse: (stamp: string) => number | undefined) {
    this.#parse = parse;
  }

  of(stamp: string, ids: ProcessIds, key?: string): this {
    this.#stamp = stamp;
    this.#at = undefined;
    this.key = key;
    this.host = ids.host;
    this.pid = ids.pid;
    this.ppid = ids.ppid;
    this.containerId = ids.containerId;
    return this;
  }

  get at(): Micros {
    this.#at ??= micros(this.#parse(this.#stamp) ?? 0);
    return this.#at;
  }
}
