import type { LeaseEvent, ProcessEvent } from '../../model/event.ts';
import type { Overflow } from '../../model/overflow.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import { containerMark } from '../moments/marks.ts';
import { BEFORE_US, Moments, type MomentsOf } from '../moments/moments.ts';
import { Families } from './families.ts';
import type { Kin } from './kin.ts';
import { LifeSample } from './life-sample.ts';

/** The least time before a violation: host logs such as auditd's tell milliseconds. */
const LEAST_BEFORE_US = 1_000;
/** How long after a violation records of the processes above it are taken where all are too many: no host gives out all its pids faster. */
export const KIN_AFTER_S = 10;

export interface SurroundingsContext {
  readonly leases: readonly LeaseEvent[];
  /** The log that a file is a piece of, see `inPieces`. */
  readonly logOf: (source: string) => string;
  /** Process records that there is memory for. */
  readonly mostNear: number;
  /** Takes what memory has no room for. */
  readonly overflow?: Overflow | undefined;
}

/** Whether a record of a pid in a second is taken. */
type TakesPid = (pid: number, second: number) => boolean;

const NOBODY: TakesPid = () => false;

/** Which process records of long logs the second reading takes: of the processes above violations, and of what ran around these. */
export class Surroundings {
  readonly #context: SurroundingsContext;
  readonly #families: Families;
  readonly #moments: Moments;
  readonly #lives = new LifeSample();
  #kin: ReadonlyMap<string, TakesPid> = new Map();
  #beforeUs = BEFORE_US;
  #isShort = false;

  constructor(context: SurroundingsContext) {
    this.#context = context;
    const roots = new Set(context.leases.flatMap(({ rootPid }) => rootPid ?? []));
    this.#families = new Families(roots, context.logOf, context.overflow);
    this.#moments = new Moments(context.logOf);
  }

  /** Notes who started whom. */
  addEvent(event: ProcessEvent): void {
    this.#families.addEvent(event);
  }

  /** Process records of which only the pids were read: `host, pid, ppid` of each, its host by its place in `hosts`. */
  addLives(lives: Uint32Array, hosts: readonly string[]): void {
    this.#families.addPairs(lives, hosts);
  }

  /** A connection of a violation: its family, and what ran around it, matter. */
  addSeed(event: ProcessEvent): void {
    this.#families.addSeed(event);
    this.#moments.add(event.ref.source, containerMark(event.containerId), event.time.at);
  }

  /** A process record that was left for later. */
  addLater(event: ProcessEvent): void {
    const { source } = event.ref;
    const where = this.#families.whereOf(event);
    this.#lives.add({ source, group: containerMark(event.containerId), at: event.time.at, where, pid: event.pid ?? 0 });
  }

  /** Those that were left without being read. `hosts`: by their numbers. */
  addSkimmed(skimmed: Pick<Skimmed, 'later'>, source: string, hosts: readonly string[]): void {
    this.#lives.addSkimmed(skimmed, source, hosts);
  }

  /** All violations are known. Where more would be taken than fit, fewer are. */
  close(): void {
    this.#closeKin();
    this.#moments.close();
    this.#isShort = this.#isTooMany();
    while (this.#isTooMany() && this.#beforeUs > LEAST_BEFORE_US) {
      this.#beforeUs = half(this.#beforeUs);
      this.#moments.close(this.#beforeUs);
    }
  }

  /** How long before a violation they are taken, microseconds, where not all are that bear on one. */
  get narrowedUs(): number | undefined {
    return this.#isShort ? this.#beforeUs : undefined;
  }

  takes(event: ProcessEvent): boolean {
    const takesPid = this.kinOn(this.#families.whereOf(event));
    const second = Math.floor(event.time.at / 1e6);
    if ([event.pid, event.childPid].some((pid) => pid !== undefined && takesPid(pid, second))) return true;
    return this.momentsIn(event.ref.source).holds(containerMark(event.containerId), event.time.at);
  }

  /** Which are taken by their pid, whatever ran there then. `where`: a host, or a log that states none. */
  kinOn(where: string): TakesPid {
    return this.#kin.get(this.#context.logOf(where)) ?? NOBODY;
  }

  /** When those of a log are taken whosever they are. */
  momentsIn(source: string): MomentsOf {
    return this.#moments.of(source);
  }

  #closeKin(): void {
    const taking = ({ has, untilOf }: Kin): TakesPid => {
      return (pid, second) => has(pid) && (!this.#isShort || second <= untilOf(pid) + KIN_AFTER_S);
    };
    this.#kin = new Map([...this.#families.members()].map(([host, kin]) => [host, taking(kin)]));
    this.#families.forget();
  }

  #isTooMany(): boolean {
    const taken = this.#lives.estimate(
      ({ source, group, at, where, pid }) =>
        this.momentsIn(source).holds(group, at) || this.kinOn(where)(pid, at / 1e6),
    );
    return taken > this.#context.mostNear;
  }
}

/** In whole milliseconds, which can be said in a few digits. */
function half(us: number): number {
  return Math.floor(us / 2 / LEAST_BEFORE_US) * LEAST_BEFORE_US;
}
