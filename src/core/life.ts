import type { LifeGlance } from '../model/format.ts';
import { micros } from './time.ts';

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
  readonly #timeOf: (line: string) => number | undefined;
  #line = '';

  /** `timeOf`: microseconds of a line that was found plain. */
  constructor(timeOf: (line: string) => number | undefined) {
    this.#timeOf = timeOf;
  }

  of(line: string, ids: ProcessIds, key?: string): this {
    this.#line = line;
    this.key = key;
    this.host = ids.host;
    this.pid = ids.pid;
    this.ppid = ids.ppid;
    this.containerId = ids.containerId;
    return this;
  }

  get at() {
    return micros(this.#timeOf(this.#line) ?? 0);
  }
}
