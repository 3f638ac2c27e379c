import { decoded, skipped } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime } from '../../core/time/time.ts';
import { markupCalls } from '../../core/tools/markup-calls.ts';
import { callEvent } from '../../core/tools/model-calls.ts';
import type { EpisodeEvent, Event, LeaseEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { mayTell, messageOf, type RollLine } from './line.ts';
import { endIn, filteredIn, resetIn, type StepEnd, type StepStart, startedIn, stepIn } from './messages.ts';

/** Records that may be held while a response's markup is open. */
const HOLD = 64;
/** `Success!` waits for the next poll of the agent. */
const POLL_US = 5_000_000;

interface Step extends Omit<StepStart, 'text'> {
  readonly line: RollLine;
  readonly ref: SourceRef;
  text: string;
}

interface Held {
  readonly line: RollLine;
  readonly record: RawRecord;
}

/** Reads one worker's records in order; the last response stays open until the next record shows where it ends. */
export class RollLog {
  readonly #context: DecodeContext;
  /** Response whose markup is still open. */
  #open: Step | undefined;
  readonly #held: Held[] = [];
  /** Steps that have started and not finished. */
  readonly #running: Step[] = [];
  /** Sandboxes by task name. */
  readonly #sandboxes = new Map<string, Set<string>>();
  /** Group that works on a task, learned from steps that could be no other's. */
  readonly #groups = new Map<string, string>();
  readonly #leases: Placed[] = [];
  #lastOrigin: string | undefined;
  #index = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /** Whether a record that tells nothing is skipped for the same reason as the first of a file would be. */
  get isQuiet(): boolean {
    return this.#open === undefined && this.#lastOrigin === undefined && this.#running.length === 0;
  }

  add(line: RollLine, record: RawRecord): Decoded {
    if (this.#open === undefined) return this.#read(line, record);
    this.#held.push({ line, record });
    if (closesMarkup(messageOf(record.text, line))) return this.#absorb(this.#open);
    return this.#held.length >= HOLD ? this.#release() : decoded();
  }

  end(): readonly Event[] {
    const events: Event[] = [];
    while (this.#open !== undefined) events.push(...eventsOf(this.#release()));
    for (const step of this.#running.splice(0)) events.push(...this.#calls(step, undefined, step.sandboxId));
    events.push(...leasesOf(this.#leases.splice(0)));
    return events;
  }

  /** Everything held is text of the open response: forged or quoted records. */
  #absorb(open: Step): Decoded {
    for (const { record } of this.#held.splice(0)) open.text += `\n${record.text}`;
    if (!markupIsOpen(open.text)) this.#open = undefined;
    return skipped('record inside a model response');
  }

  /** The markup was never closed, which ROLL tolerates: what was held are records after all. */
  #release(): Decoded {
    this.#open = undefined;
    const events: Event[] = [];
    for (const { line, record } of this.#held.splice(0)) events.push(...eventsOf(this.add(line, record)));
    return decoded(...events);
  }

  #read(line: RollLine, record: RawRecord): Decoded {
    if (this.#lastOrigin !== undefined && this.#lastOrigin !== line.origin && !line.fromRay)
      return skipped('header of another process after a model response');
    this.#lastOrigin = undefined;
    if (!mayTell(record.text, line)) return skipped('other message');
    const message = messageOf(record.text, line);
    const start = stepIn(message);
    if (start !== undefined) return this.#begin({ ...start, line, ref: record.ref });
    const end = endIn(message);
    if (end !== undefined) return this.#finish(line, end);
    const facts = this.#facts(message, line, record.ref);
    return facts.length > 0 ? decoded(...facts) : skipped('other message');
  }

  #begin(step: Step): Decoded {
    if (this.#running.some((other) => isSameStep(other, step))) return skipped('a step that was told before');
    this.#running.push(step);
    if (step.isWhole) return decoded();
    this.#lastOrigin = step.line.origin;
    if (markupIsOpen(step.text)) this.#open = step;
    return decoded();
  }

  #finish(line: RollLine, end: StepEnd): Decoded {
    const fitting = this.#fitting(line, end);
    const step = fitting[0];
    if (step === undefined) return skipped('end of a step whose start is not known');
    this.#running.splice(this.#running.indexOf(step), 1);
    const sure = fitting.every(({ group }) => group === step.group);
    if (sure && end.task !== undefined) this.#groups.set(end.task, step.group);
    const task = end.task ?? step.task;
    const sandboxId = sure && task !== undefined ? this.#onlySandbox(task) : undefined;
    return decoded(...this.#calls(step, fitting.length === 1 ? line : undefined, step.sandboxId ?? sandboxId));
  }

  /** Steps that the end may be of. */
  #fitting(line: RollLine, { step: number, task, name }: StepEnd): readonly Step[] {
    const alike = this.#running.filter(
      (step) => step.step === number && step.name === name && step.line.origin === line.origin,
    );
    if (task === undefined) return alike;
    const known = this.#groups.get(task);
    const others = new Set(this.#groups.values());
    return alike.filter(({ group }) => (known === undefined ? !others.has(group) : group === known));
  }

  /** Siblings of a group share the task: only a task with one sandbox names its sandbox. */
  #onlySandbox(task: string): string | undefined {
    const known = this.#sandboxes.get(task);
    return known?.size === 1 ? [...known][0] : undefined;
  }

  #calls(step: Step, done: RollLine | undefined, sandboxId: string | undefined): readonly Event[] {
    const start = step.line.stamp.at;
    const end = done?.stamp.at;
    const episodeId =
      sandboxId === undefined ? `roll-group:${this.#context.path}:${step.group}` : `sandbox:${sandboxId}`;
    return markupCalls(step.text).map((call) =>
      callEvent(call, {
        ...origin(step.ref),
        time: eventTime(step.line.stamp, { raw: step.line.rawTime, basis: 'request-start', hi: end }),
        episodeId,
        index: this.#index++,
        step: step.step,
        trust: 'outside',
        executed: 'unknown',
        startBasis: 'model-call-end',
        endBasis: end === undefined ? 'none' : 'step-end',
        start,
        end,
        slack: { earlyUs: 0, lateUs: end === undefined ? 1_000_000 : POLL_US },
        sandboxId,
      }),
    );
  }

  #facts(message: string, line: RollLine, ref: SourceRef): readonly Event[] {
    const base = baseOf(line, ref);
    const started = startedIn(message);
    if (started !== undefined) {
      const ip = parseIp(started.ip);
      if (ip !== undefined) this.#leases.push({ ...base, sandboxId: started.sandboxId, ip });
      return [hint(base, started.sandboxId, undefined)];
    }
    const reset = resetIn(message);
    if (reset !== undefined) {
      const known = this.#sandboxes.get(reset.task) ?? new Set();
      this.#sandboxes.set(reset.task, known.add(reset.sandboxId));
      return [hint(base, reset.sandboxId, reset.id)];
    }
    const filtered = filteredIn(message);
    if (filtered === undefined) return [];
    const { group, attempt } = filtered;
    const episodeId = `roll:group:${group}:episode:${attempt}`;
    return [{ kind: 'episode', ...base, episodeId, group, attempt, traced: 'dropped', outcome: 'filtered' }];
  }
}

/** The manager wrote it with its name, and now its environment without. */
function isSameStep(told: Step, { name, group, step, text, line }: Step): boolean {
  const isTold = told.name !== undefined && name === undefined && told.line.origin === line.origin;
  return isTold && told.group === group && told.step === step && told.text === text;
}

function origin(ref: SourceRef): { format: string; clock: string; ref: SourceRef } {
  return { format: 'roll-log', clock: 'prefix', ref };
}

type Base = Pick<EpisodeEvent, 'format' | 'clock' | 'ref' | 'time'>;

function baseOf(line: RollLine, ref: SourceRef): Base {
  return { ...origin(ref), time: eventTime(line.stamp, { raw: line.rawTime, basis: 'event' }) };
}

/** A sandbox that the trainer named: an episode under the sandbox's name. */
function hint(base: Base, sandboxId: string, task: string | undefined): EpisodeEvent {
  return compact({ kind: 'episode' as const, ...base, episodeId: `sandbox:${sandboxId}`, sandboxId, task });
}

interface Placed extends Base {
  readonly sandboxId: string;
  readonly ip: string;
}

/** Where each sandbox ran, from its start; its end is not told here. Two sandboxes at one address share it. */
function leasesOf(placed: readonly Placed[]): readonly LeaseEvent[] {
  return placed.map(({ sandboxId, ip, ...base }) => {
    const shared = placed.some((other) => other.ip === ip && other.sandboxId !== sandboxId);
    const lease = {
      kind: 'lease' as const,
      ...base,
      sandboxId,
      episodeId: `sandbox:${sandboxId}`,
      ip,
      start: base.time.at,
    };
    return shared ? { ...lease, sharedIp: true as const } : lease;
  });
}

const TAGS = /<(\/?)(tool_call|function|parameter)\b/g;

/** Whether a response ends inside a tool call. */
function markupIsOpen(text: string): boolean {
  let depth = 0;
  for (const tag of text.matchAll(TAGS)) depth = tag[1] === '/' ? Math.max(0, depth - 1) : depth + 1;
  return depth > 0;
}

/** Whether a text closes markup that it did not open: it is the rest of a response. */
function closesMarkup(text: string): boolean {
  let depth = 0;
  for (const tag of text.matchAll(TAGS)) {
    depth += tag[1] === '/' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

function eventsOf(result: Decoded): readonly Event[] {
  return result.status === 'decoded' ? result.events : [];
}
