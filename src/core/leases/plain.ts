import type { LeaseEvent } from '../../model/event.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { SourceRef } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { type LeaseFrame, LeaseFrames } from './frames.ts';
import { type LeaseRow, LeaseRows, NO_NAME, NUMBER, WORD } from './rows.ts';

export { NO_NAME } from './rows.ts';

import { Names } from '../names.ts';

type InColumns =
  | 'kind'
  | 'time'
  | 'ref'
  | 'format'
  | 'clock'
  | 'host'
  | 'sandboxId'
  | 'ip'
  | 'start'
  | 'end'
  | 'sharedIp';
type Others = Pick<LeaseEvent, Exclude<keyof LeaseEvent, InColumns>>;

/** A lease that tells who held what address from when to when, and nothing else. */
type PlainLease = LeaseEvent & { readonly start: Micros; readonly end: Micros };

/** Numbers of its names, and how many leases came before it. */
interface LeasePlace {
  readonly sandbox: number;
  readonly host: number;
  readonly nth: number;
}

/** All that columns hold, whether it is known or not. */
type Filled = Mutable<Omit<{ [K in InColumns]: LeaseEvent[K] }, 'time' | 'ref'>> & {
  readonly time: Mutable<EventTime>;
  readonly ref: Mutable<SourceRef>;
};

function emptyLease(): Filled {
  const none = 0 as Micros;
  return {
    kind: 'lease',
    format: '',
    ref: { source: '', line: 0, offset: 0, bytes: 0 },
    clock: '',
    time: { at: none, lo: none, hi: none, raw: '', basis: 'event', zone: 'explicit', stepUs: 1 },
    host: undefined,
    sandboxId: '',
    ip: undefined,
    start: undefined,
    end: undefined,
    sharedIp: undefined,
  };
}

/** Plain leases in columns: an event of its own costs half a kilobyte, and a cluster's nights have hundreds of thousands. */
export class PlainLeases {
  readonly #sandboxes: Names;
  readonly #hosts: Names;
  readonly ips = new Names();
  readonly frames = new LeaseFrames();
  readonly #glimpse = emptyLease();
  readonly #rows = new LeaseRows();

  /** Names that other leases share. */
  constructor({ sandboxes, hosts }: { readonly sandboxes: Names; readonly hosts: Names }) {
    this.#sandboxes = sandboxes;
    this.#hosts = hosts;
  }

  get length(): number {
    return this.#rows.length;
  }

  push(lease: PlainLease, { sandbox, host, nth }: LeasePlace): void {
    const ip = lease.ip === undefined ? NO_NAME : this.ips.add(lease.ip);
    const { line, offset, bytes } = lease.ref;
    const frame = this.frames.ofLease(lease);
    this.add({ start: lease.start, end: lease.end, offset, sandbox, host, ip, frame, line, bytes, nth });
  }

  add(row: LeaseRow): void {
    this.#rows.push(row);
  }

  at(row: number): LeaseEvent {
    return compact(this.#fill(row, emptyLease()));
  }

  /** The same for one look: it is only valid until the next. */
  glance(row: number): LeaseEvent {
    return this.#fill(row, this.#glimpse) as LeaseEvent;
  }

  #fill(row: number, lease: Filled): Filled {
    const frame = this.frames.all[this.#rows.word(row, WORD.frame)] as LeaseFrame;
    const { time, ref } = lease;
    lease.format = frame.format;
    lease.clock = frame.clock;
    lease.sharedIp = frame.sharedIp;
    lease.host = this.#hosts.texts[this.host(row)];
    lease.sandboxId = this.#sandboxes.texts[this.sandbox(row)] ?? '';
    lease.ip = this.ips.texts[this.ip(row)];
    lease.start = this.start(row);
    lease.end = this.#rows.number(row, NUMBER.end) as Micros;
    ref.source = frame.source;
    ref.line = this.#rows.word(row, WORD.line);
    ref.offset = this.#rows.number(row, NUMBER.offset);
    ref.bytes = this.#rows.word(row, WORD.bytes);
    time.at = lease.start;
    time.lo = lease.start;
    time.hi = lease.end;
    time.basis = frame.basis;
    time.zone = frame.zone;
    time.stepUs = frame.stepUs;
    return lease;
  }

  start(row: number): Micros {
    return this.#rows.number(row, NUMBER.start) as Micros;
  }

  frame(row: number): number {
    return this.#rows.word(row, WORD.frame);
  }

  /** Undefined where it tells none. */
  momentOf(row: number): Micros | undefined {
    const frame = this.frames.all[this.#rows.word(row, WORD.frame)];
    return frame?.basis === 'none' ? undefined : this.start(row);
  }

  /** How many leases came before it, plain or not. */
  nth(row: number): number {
    return this.#rows.word(row, WORD.nth);
  }

  /** Numbers of the names; `NO_NAME` where none is stated. */
  sandbox(row: number): number {
    return this.#rows.word(row, WORD.sandbox);
  }

  host(row: number): number {
    return this.#rows.word(row, WORD.host);
  }

  ip(row: number): number {
    return this.#rows.word(row, WORD.ip);
  }

  isSharedIp(row: number): boolean {
    return this.frames.all[this.#rows.word(row, WORD.frame)]?.sharedIp === true;
  }
}

/** Whether it comes out of the columns as it goes in. */
export function isPlain(lease: LeaseEvent): lease is PlainLease {
  const { time, start, end } = lease;
  return (
    start !== undefined &&
    end !== undefined &&
    time.at === start &&
    time.lo === start &&
    time.hi === end &&
    time.raw === '' &&
    time.yearAssumed === undefined &&
    time.observed === undefined &&
    hasNoOthers(lease)
  );
}

function hasNoOthers(others: Others): boolean {
  return (
    others.episodeId === undefined &&
    others.group === undefined &&
    others.uid === undefined &&
    others.containerId === undefined &&
    others.rootPid === undefined &&
    others.portFrom === undefined &&
    others.portTo === undefined &&
    others.mac === undefined &&
    others.exit === undefined &&
    others.state === undefined
  );
}
