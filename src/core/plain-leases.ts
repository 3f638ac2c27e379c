import type { LeaseEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { EventTime, Micros } from '../model/time.ts';
import { compact } from './json.ts';
import { Names } from './names.ts';

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

/** What many leases have in common. */
type Frame = Pick<LeaseEvent, 'format' | 'clock'> &
  Pick<EventTime, 'basis' | 'zone' | 'stepUs'> & { readonly source: string; readonly sharedIp: true | undefined };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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

const NUMBER = { start: 0, end: 1, offset: 2 } as const;
const NUMBERS = 3;
const WORD = { sandbox: 0, host: 1, ip: 2, frame: 3, line: 4, bytes: 5, nth: 6 } as const;
const WORDS = 7;
/** Of a host or address that is not stated. */
export const NO_NAME = 2 ** 32 - 1;

/** Plain leases in columns: an event of its own costs half a kilobyte, and a cluster's nights have hundreds of thousands. */
export class PlainLeases {
  readonly #sandboxes: Names;
  readonly #hosts: Names;
  readonly ips = new Names();
  readonly #frames: Frame[] = [];
  readonly #glimpse = emptyLease();
  #numbers = new Float64Array(NUMBERS);
  #words = new Uint32Array(WORDS);
  #length = 0;

  /** Names that other leases share. */
  constructor({ sandboxes, hosts }: { readonly sandboxes: Names; readonly hosts: Names }) {
    this.#sandboxes = sandboxes;
    this.#hosts = hosts;
  }

  get length(): number {
    return this.#length;
  }

  push(lease: PlainLease, { sandbox, host, nth }: LeasePlace): void {
    const row = this.#length++;
    if (row * WORDS === this.#words.length) this.#grow();
    const [numbers, n] = [this.#numbers, row * NUMBERS];
    numbers[n + NUMBER.start] = lease.start;
    numbers[n + NUMBER.end] = lease.end;
    numbers[n + NUMBER.offset] = lease.ref.offset;
    const [words, w] = [this.#words, row * WORDS];
    words[w + WORD.sandbox] = sandbox;
    words[w + WORD.host] = host;
    words[w + WORD.ip] = lease.ip === undefined ? NO_NAME : this.ips.add(lease.ip);
    words[w + WORD.frame] = this.#frameOf(lease);
    words[w + WORD.line] = lease.ref.line;
    words[w + WORD.bytes] = lease.ref.bytes;
    words[w + WORD.nth] = nth;
  }

  at(row: number): LeaseEvent {
    return compact(this.#fill(row, emptyLease()));
  }

  /** The same for one look: it is only valid until the next. */
  glance(row: number): LeaseEvent {
    return this.#fill(row, this.#glimpse) as LeaseEvent;
  }

  #fill(row: number, lease: Filled): Filled {
    const frame = this.#frames[this.#word(row, WORD.frame)] as Frame;
    const { time, ref } = lease;
    lease.format = frame.format;
    lease.clock = frame.clock;
    lease.sharedIp = frame.sharedIp;
    lease.host = this.#hosts.texts[this.host(row)];
    lease.sandboxId = this.#sandboxes.texts[this.sandbox(row)] ?? '';
    lease.ip = this.ips.texts[this.ip(row)];
    lease.start = this.start(row);
    lease.end = this.#number(row, NUMBER.end) as Micros;
    ref.source = frame.source;
    ref.line = this.#word(row, WORD.line);
    ref.offset = this.#number(row, NUMBER.offset);
    ref.bytes = this.#word(row, WORD.bytes);
    time.at = lease.start;
    time.lo = lease.start;
    time.hi = lease.end;
    time.basis = frame.basis;
    time.zone = frame.zone;
    time.stepUs = frame.stepUs;
    return lease;
  }

  start(row: number): Micros {
    return this.#number(row, NUMBER.start) as Micros;
  }

  /** How many leases came before it, plain or not. */
  nth(row: number): number {
    return this.#word(row, WORD.nth);
  }

  /** Numbers of the names; `NO_NAME` where none is stated. */
  sandbox(row: number): number {
    return this.#word(row, WORD.sandbox);
  }

  host(row: number): number {
    return this.#word(row, WORD.host);
  }

  ip(row: number): number {
    return this.#word(row, WORD.ip);
  }

  isSharedIp(row: number): boolean {
    return this.#frames[this.#word(row, WORD.frame)]?.sharedIp === true;
  }

  #frameOf({ format, clock, sharedIp, time: { basis, zone, stepUs }, ref: { source } }: LeaseEvent): number {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const known = this.#frames[i] as Frame;
      if (
        known.source === source &&
        known.sharedIp === sharedIp &&
        known.stepUs === stepUs &&
        known.zone === zone &&
        known.clock === clock &&
        known.format === format &&
        known.basis === basis
      )
        return i;
    }
    return this.#frames.push({ format, clock, sharedIp, basis, zone, stepUs, source }) - 1;
  }

  #number(row: number, column: number): number {
    return this.#numbers[row * NUMBERS + column] ?? 0;
  }

  #word(row: number, column: number): number {
    return this.#words[row * WORDS + column] ?? 0;
  }

  #grow(): void {
    const [numbers, words] = [this.#numbers, this.#words];
    this.#numbers = new Float64Array(numbers.length * 2);
    this.#numbers.set(numbers);
    this.#words = new Uint32Array(words.length * 2);
    this.#words.set(words);
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
