import { endKey } from '../../core/network/end-key.ts';
import type { Event } from '../../model/event.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { ANY_KEY, type Deferred } from '../keeping/deferred.ts';
import type { Interest } from '../keeping/interest.ts';
import type { Reach } from '../keeping/reach.ts';
import type { Retention } from '../keeping/retention.ts';
import { LEFT } from '../moments/answer.ts';
import { clientMark } from '../moments/marks.ts';
import { type Chunk, endsLine } from '../skimming/chunk.ts';
import { likesOf } from '../skimming/likes.ts';
import { Quiet, type QuietKey } from '../skimming/quiet.ts';
import { Skimmer } from '../skimming/skimmer.ts';
import { Counting } from './counting.ts';
import { Headings } from './headings.ts';

export interface FirstReadingContext {
  readonly reach: Reach;
  /** Path of the file that is read. */
  readonly source: string;
  /** A line means something only after those before it. */
  readonly isInOrder: boolean;
  /** See `Format.headings`. */
  readonly headings?: string;
  readonly deferred: Deferred;
  /** Other threads that may skim a chunk, or queue it; undefined where this one must. */
  readonly elsewhere?: (chunk: Chunk, journal: readonly QuietKey[]) => Promise<Skimmed> | undefined;
}

/** The first reading of a long file: what to keep of it, which lines need not be parsed, and which to come back to. */
export class FirstReading {
  readonly #context: FirstReadingContext;
  readonly #retention: Retention;
  readonly #interest: Interest;
  readonly #quiet: Quiet;
  /** What other threads are told. */
  readonly #journal: QuietKey[] = [];
  #keys = 0;
  #droppedEnds = false;
  #droppedStated = false;
  readonly #counting: Counting;
  readonly buffers: readonly Uint8Array[];
  /** The version of the interest that it goes by. */
  readonly asOf: number;
  /** Something was left that may turn out to matter once all violations are known. */
  again = false;

  constructor(context: FirstReadingContext) {
    const { retention, interest, rules, sample, memory } = context.reach;
    this.#context = context;
    this.buffers = memory.buffers;
    this.#retention = retention;
    this.#interest = interest;
    this.asOf = interest.version;
    this.#quiet = new Quiet(rules, sample.ports);
    this.#counting = new Counting(retention, this.#quiet);
  }

  skimming(look: Look): (chunk: Uint8Array) => Skimmed | Promise<Skimmed> {
    this.#counting.begin(look.verdicts);
    const skimmer = new Skimmer(
      this.#quiet.looking(look),
      (glance) => this.#quiet.answer(glance),
      likesOf(look, this.#quiet, this.#context.reach.memory.area),
    );
    const { elsewhere, headings = '' } = this.#context;
    const seen = headings === '' ? undefined : new Headings(headings);
    let isFirst = true;
    let startsLine = true;
    return (bytes) => {
      const heading = seen?.before(bytes, startsLine);
      const chunk = { chunk: bytes, isFirst, startsLine, ...(heading === undefined ? {} : { heading }) };
      isFirst = false;
      startsLine = endsLine(bytes);
      return elsewhere?.(chunk, this.#journal) ?? skimmer.skim(chunk);
    };
  }

  /** Connections were dropped of which some may matter for what was found since. */
  get isOutdated(): boolean {
    if (this.#interest.version === this.asOf) return false;
    return this.#droppedEnds || (this.#droppedStated && this.#retention.isBehind(this.#context.source, this.asOf));
  }

  left(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>): void {
    this.#counting.left(skimmed, base);
    const { lives, hosts, later } = skimmed;
    const { source, deferred } = this.#context;
    const named = hosts.map((host) => host ?? source);
    this.#retention.surroundings.addLives(lives, named);
    if (later.length === 0) return;
    this.again = true;
    deferred.addSkimmed(skimmed, base);
    this.#retention.surroundings.addSkimmed(skimmed, source, named);
  }

  keep(events: readonly Event[], record: RawRecord | undefined, look: () => Glance | undefined): readonly Event[] {
    const { isInOrder } = this.#context;
    this.#counting.countTo(record?.ref.line ?? Infinity);
    const kept: Event[] = [];
    let isLater = false;
    let isCounted = false;
    let isThinned = false;
    for (const event of events) {
      const decision = this.#retention.first(event, this);
      if (decision === 'keep') kept.push(event);
      if (decision === 'drop') this.#drop(event);
      if (decision === 'drop' && this.#interest.wantsEnds(event, this.asOf)) isThinned = true;
      if (decision === 'later') isLater = true;
      if (decision === 'counted') isCounted = true;
    }
    if (isLater) this.again = true;
    if (isInOrder && events.length > 0 && kept.length === 0 && !isThinned) this.#silenceSockets(events);
    if (isCounted && record !== undefined) this.#tell(this.#counting.learn(events, record));
    // Of connections to one far end that are too many, the next may be the one that is a violation's.
    const isQuiet = events.length > 0 && kept.length === 0 && !isCounted && !isThinned;
    const glance = isQuiet || isLater || isInOrder ? look() : undefined;
    if (isQuiet && (glance?.kind === 'traffic' || glance?.kind === 'life')) this.#silence(glance, isLater);
    // What a decoder held back to the end has its lines deferred already.
    const matters = isLater || (isInOrder && glance?.kind !== 'socket');
    if (matters && record !== undefined) this.#defer(record, glance);
    return kept;
  }

  #drop(event: Event): void {
    if (this.#retention.hangsOnInterest(event)) this.#droppedEnds = true;
    if (event.kind === 'network' && event.nat !== undefined) this.#droppedStated = true;
  }

  #silence(glance: Parameters<Quiet['add']>[0], isLater: boolean): void {
    this.#tell(this.#quiet.add(glance, isLater ? ++this.#keys : LEFT));
  }

  #tell(key: QuietKey | undefined): void {
    if (key !== undefined && this.#context.elsewhere !== undefined) this.#journal.push(key);
  }

  /** What a decoder held back is not of the line at hand: the events themselves tell what did not matter. */
  #silenceSockets(events: readonly Event[]): void {
    for (const event of events)
      if (event.kind === 'process' && event.socket !== undefined)
        this.#silence({ kind: 'socket', key: endKey(event.socket.remote) }, false);
  }

  #defer({ ref: { line, offset }, isUnwrapped }: RawRecord, glance: Glance | undefined): void {
    const { deferred } = this.#context;
    // Its text does not stand there as it is.
    if (isUnwrapped === true) deferred.giveUp();
    if (glance?.kind === 'traffic') {
      const key = this.#quiet.keyOf(glance) ?? ANY_KEY;
      const mark = clientMark(glance.clientIp, glance.port);
      deferred.add({ line, offset, lines: 1, key: key > 0 ? key : ANY_KEY, mark, group: 0 });
    } else if (glance?.kind === 'life') deferred.addLife({ line, offset }, glance);
    else deferred.add({ line, offset, lines: 1, key: ANY_KEY, mark: 0, group: 0 });
  }
}
