import type { Folding } from '../../fold/folding.ts';
import type { Counted } from '../../fold/records.ts';
import type { DnsEvent, Event, NatEvent, NetworkEvent, ProcessEvent, ToolCallEvent } from '../../model/event.ts';
import type { Finding, ViolatingEvent } from '../../model/violation.ts';
import type { ClockSample } from './clock-sample.ts';
import type { Interest } from './interest.ts';
import { isContext } from './is-context.ts';
import { KeptFlows } from './kept-flows.ts';
import { KeptRequests } from './kept-requests.ts';
import { StatedFlows } from './stated-flows.ts';
import { Surroundings, type SurroundingsContext } from './surroundings.ts';
import { runsUniqueCommand } from './unique-commands.ts';

/** Names of addresses that are remembered; more than a night's resolvers give out. */
const MOST_NAMES = 100_000;
export interface RetentionContext extends SurroundingsContext {
  readonly interest: Interest;
  readonly sample: ClockSample;
  readonly observe: (event: Event) => Finding | undefined;
  /** Takes the violations that are too many to keep. */
  readonly folding: Folding;
  readonly calls: Iterable<ToolCallEvent>;
  /** Connections and translations to their far ends that there is memory for. */
  readonly mostFlows: number;
  readonly onFinding?: (event: ViolatingEvent, finding: Finding) => void;
}

type Decision = 'keep' | 'drop' | 'later' | 'counted';

/**
 * Decides which records of long logs stay in memory: violations, what can bear on one, and a sample for the clocks. The first
 * reading finds violations and whatever can be told at once; the second takes what only later records have made important.
 */
export class Retention {
  readonly #context: RetentionContext;
  /** Process records that matter for where and when they stand. */
  readonly surroundings: Surroundings;
  readonly #named = new Set<string>();
  readonly #keptNames = new Set<string>();
  readonly #requests: KeptRequests;
  readonly #flows: KeptFlows;
  readonly #stated: StatedFlows;
  readonly #hasCommand: (event: ProcessEvent) => boolean;

  constructor(context: RetentionContext) {
    this.#context = context;
    this.#requests = new KeptRequests(context.sample);
    this.#flows = new KeptFlows(context.interest, context.mostFlows);
    this.#stated = new StatedFlows(context.interest, this.#flows, context.logOf);
    this.surroundings = new Surroundings(context);
    this.#hasCommand = runsUniqueCommand(context.calls);
  }

  /**
   * `later`: dropped now, but it may matter once all violations are known. `counted`: a violation of which only the line is kept.
   * `asOf`: the version of the interest when the reading of its file began. What the file itself and those behind it add does
   * not count yet, so that a kind of connections is answered alike wherever it stands, see `late`.
   */
  first(event: Event, { asOf }: { readonly asOf: number }): Decision {
    if (event.kind === 'process') return this.#firstProcess(event, asOf);
    const { sample } = this.#context;
    if (event.kind === 'nat') return sample.wants(event) || this.#wantsFlow(event, asOf) ? 'keep' : 'drop';
    if (event.kind !== 'network' && event.kind !== 'dns') return 'keep';
    const found = this.#judge(event);
    if (found === 'counted') return found;
    if (found === 'violation' || sample.wants(event)) return 'keep';
    if (event.kind === 'network' && (this.#isNewName(event) || this.#requests.take(event))) return 'keep';
    if (event.kind === 'network' && this.#stated.wants(event, asOf)) return 'keep';
    return isContext(event) ? 'later' : 'drop';
  }

  /** The number of a violation's kind where all more of it are counted, see `Folding`. */
  settledKind(event: Event): number | undefined {
    if (event.kind !== 'network') return undefined;
    const { observe, folding } = this.#context;
    const finding = observe(event);
    return finding && folding.settledKind(event, finding);
  }

  /** One more violation of a settled kind. */
  count(kind: number, record: Counted): void {
    const { folding, onFinding } = this.#context;
    folding.count(kind, record);
    if (onFinding === undefined) return;
    const { event, finding } = folding.example(kind);
    onFinding(event, finding);
  }

  /** Whether more violations than are known yet could make a record matter that `first` dropped. */
  hangsOnInterest(event: Event): boolean {
    return event.kind === 'nat' || (event.kind === 'process' && event.socket !== undefined);
  }

  /** The same of a flow that states a translation, by violations of other logs. */
  isBehind(source: string, asOf: number): boolean {
    return this.#stated.isBehind(source, asOf);
  }

  /** Of the connections and translations that `first` dropped: whether one matters for what was added to the interest since. */
  late(event: Event, { asOf }: { readonly asOf: number }): boolean {
    if (event.kind === 'network') return this.#isLateStated(event, asOf);
    if (event.kind !== 'nat' && event.kind !== 'process') return false;
    if (this.#context.interest.wantsEnds(event, asOf) || this.#context.sample.wants(event)) return false;
    if (this.#context.observe(event) !== undefined || !this.#wantsFlow(event)) return false;
    if (event.kind === 'process') this.surroundings.addSeed(event);
    return true;
  }

  #wantsFlow(event: NatEvent | ProcessEvent, asOf?: number): boolean {
    return this.#context.interest.wantsEnds(event, asOf) && this.#flows.keeps(event);
  }

  /** Of flows that state a translation: see `late`. */
  #isLateStated(event: NetworkEvent, asOf: number): boolean {
    const { sample, observe } = this.#context;
    if (!this.#stated.isNew(event, asOf) || isContext(event) || this.#keptNames.has(placeOf(event))) return false;
    return !sample.wants(event) && !this.#requests.has(event) && observe(event) === undefined;
  }

  /** Connections and translations to far ends of violations that were too many to keep. */
  get leftFlows(): number {
    return this.#flows.left;
  }

  /** Of what the first reading dropped. `isInnocent`: it is known to be no violation. */
  second(event: Event, { isInnocent }: { readonly isInnocent: boolean }): boolean {
    if (event.kind === 'process') return this.#secondProcess(event, isInnocent);
    if (event.kind === 'dns') return this.#secondDns(event);
    return event.kind === 'network' && this.#secondRequest(event);
  }

  /** Whether all records of that connection or command were kept, so that clocks may count on them. */
  isWhole(event: Event): boolean {
    const { interest, sample } = this.#context;
    if (event.kind === 'process' && event.op === 'exec') return this.#hasCommand(event);
    if (event.kind === 'nat' || event.kind === 'process') return sample.wants(event) || this.#hasAllFlows(event);
    if (event.kind === 'dns') return sample.wants(event) || interest.wantsName(event.name);
    return event.kind === 'network' ? sample.wants(event) || this.#hasAllRequests(event) : true;
  }

  /** Whether all records were kept that ask for the same, whatever their ports: only then does it tell something which of them it is. */
  isNumbered(event: Event): boolean {
    const { interest } = this.#context;
    if (event.kind === 'nat') return this.#hasAllFlows(event);
    if (event.kind === 'process') return event.op === 'exec' || this.#hasAllFlows(event);
    if (event.kind === 'dns') return interest.wantsName(event.name);
    if (event.kind !== 'network') return true;
    return event.type === 'http' || event.type === 'proxy'
      ? this.#hasAllRequests(event)
      : interest.wantsEndpoint(event.dst);
  }

  #hasAllFlows(event: NatEvent | ProcessEvent): boolean {
    const { interest } = this.#context;
    if (this.#flows.left > 0) return false;
    return event.kind === 'nat' ? interest.wantsEndpoint(event.dst) : interest.wantsEnds(event);
  }

  #hasAllRequests(event: NetworkEvent): boolean {
    return this.#requests.has(event) || (isContext(event) && this.#context.interest.wantsRequest(event));
  }

  #judge(event: NetworkEvent | DnsEvent | ProcessEvent): 'violation' | 'counted' | 'none' {
    const { observe, folding, interest, sample, onFinding } = this.#context;
    const finding = observe(event);
    if (finding === undefined) return 'none';
    onFinding?.(event, finding);
    // What the clocks are compared by is kept anyway.
    if (!sample.wants(event) && !folding.admits(event, finding)) return 'counted';
    interest.addViolation(event);
    return 'violation';
  }

  /** The first record of a log that gives an address a name. */
  #isNewName(event: NetworkEvent): boolean {
    const name = event.dns?.name ?? event.dst.domain;
    if (name === undefined || this.#named.size >= MOST_NAMES) return false;
    const ips = event.dns === undefined ? [event.dst.ip ?? ''] : (event.dns.answers ?? []);
    let isNew = false;
    for (const ip of ips) {
      const key = `${event.ref.source}|${ip}|${name}`;
      if (this.#named.has(key)) continue;
      this.#named.add(key);
      isNew = true;
    }
    if (isNew) this.#keptNames.add(placeOf(event));
    return isNew;
  }

  #firstProcess(event: ProcessEvent, asOf: number): Decision {
    this.surroundings.addEvent(event);
    const found = this.#judge(event);
    if (found === 'counted') return found;
    const wanted = found === 'violation' || this.#wantsFlow(event, asOf);
    if (wanted) this.surroundings.addSeed(event);
    if (wanted || this.#context.sample.wants(event)) return 'keep';
    if (event.socket !== undefined) return 'drop';
    this.surroundings.addLater(event);
    return 'later';
  }

  #secondProcess(event: ProcessEvent, isInnocent: boolean): boolean {
    if (event.socket !== undefined) return false;
    if (!this.surroundings.takes(event) && !this.#hasCommand(event)) return false;
    return isInnocent || this.#context.observe(event) === undefined;
  }

  #secondDns(event: DnsEvent): boolean {
    const { interest, sample } = this.#context;
    if (sample.wants(event) || this.#context.observe(event) !== undefined) return false;
    return (
      interest.wantsName(event.name) ||
      (event.answers ?? []).some((ip) => interest.wantsIp(ip)) ||
      (event.client !== undefined && interest.wantsClient(event.client))
    );
  }

  #secondRequest(event: NetworkEvent): boolean {
    const { sample } = this.#context;
    if (!isContext(event) || this.#keptNames.has(placeOf(event))) return false;
    if (sample.wants(event) || this.#requests.has(event) || this.#context.observe(event) !== undefined) return false;
    return this.#context.interest.wantsRequest(event);
  }
}

function placeOf(event: Event): string {
  return `${event.ref.source}:${event.ref.offset}`;
}
