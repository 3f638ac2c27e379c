import { type CallLog, glance } from '../core/calls/columns.ts';
import { idFactsOf } from '../core/calls/id-facts.ts';
import type { CallNumbers } from '../core/calls/numbers.ts';
import { idEpoch, SHORTEST_WITH_EPOCH } from '../core/tools/model-calls.ts';
import type { ToolCallEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import { command, type ObserveContext, type Put, width } from './noting.ts';
import { keyBeginning, type Observation, type Sighted, sightedOf } from './sightings.ts';

/** A virtual domain: the epoch milliseconds that some tool-call ids embed, taken on the trainer's host. */
export const ID_CLOCK = '(epoch in tool-call ids)';

const CALL = keyBeginning('call|');
const TEXT = keyBeginning('text|');

/** Sightings of calls, of each or of one in so many: of millions most have nothing but an id that the others have not. */
export function observeCalls(calls: CallLog, put: Put, context: ObserveContext, step = 1): void {
  const ids = idFactsOf(calls);
  const quiet = new QuietKinds(calls.numbers);
  for (let row = 0; row < calls.length; row += step) {
    const hasId = ids.has(row) && put.takesHash(CALL, ids.hashBehind(row, CALL.hash));
    if (!hasId && quiet.has(row)) continue;
    const event = glance(calls, row);
    if (event !== undefined && !call(event, put, context)) quiet.add(row);
  }
}

const MOST_SAID = 2 ** 17;

/** Calls that are equal in all but their times and ids, and of which nothing else can be told any more. */
class QuietKinds {
  readonly #numbers: CallNumbers | undefined;
  /** By frame; a byte for what a call says. */
  readonly #said: Uint8Array[] = [];

  constructor(numbers: CallNumbers | undefined) {
    this.#numbers = numbers;
  }

  has(row: number): boolean {
    const numbers = this.#numbers;
    return numbers?.sandbox(row) === 0 && this.#said[numbers.frame(row)]?.[numbers.said(row)] === 1;
  }

  add(row: number): void {
    const numbers = this.#numbers;
    const said = numbers?.said(row) ?? MOST_SAID;
    // Whose host depends on a sandbox is not one of them.
    if (numbers === undefined || said >= MOST_SAID || numbers.sandbox(row) !== 0) return;
    const frame = numbers.frame(row);
    let known = this.#said[frame] ?? new Uint8Array(0);
    if (said >= known.length) {
      const before = known;
      known = new Uint8Array(Math.min(MOST_SAID, Math.max(said + 1, before.length * 2)));
      known.set(before);
      this.#said[frame] = known;
    }
    known[said] = 1;
  }
}

/** False where of another one like it nothing but its id could be told. */
function call(event: ToolCallEvent, put: Put, context: ObserveContext): boolean {
  if (event.time.basis === 'none' || event.startBasis === 'inferred' || event.startBasis === 'none') return false;
  if (event.start === undefined) return true;
  // The clock in its id is seen by `observeIds`.
  if (event.startBasis === 'id-epoch') return false;
  const { callId } = event;
  if (callId !== undefined && put.takes(CALL, callId)) put.once(event, CALL.text + callId, event.start, 0);
  const host = context.hostOf(event);
  const mayAim = event.executed !== 'no' && aims(event, event.start, put, host);
  // Text that only one call of each source has: joins trainer logs, which name no host.
  const text = event.command?.trim();
  if (text === undefined) return mayAim;
  const isText = text.length >= 24 && put.takes(TEXT, text);
  if (isText) put.paired(event, TEXT.text + text, event.start, width(event));
  const isCommand = host !== undefined && event.executed !== 'no' && command(event, host, text, event.start, put);
  return mayAim || isText || isCommand;
}

/** Address and port as a command writes them, in a URL or side by side. */
const AIM = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?::|\s+)(\d{2,5})(?!\d)/g;

const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
/** Most commands reach the address that they name so soon. */
const SOON_US = 2_000_000;

/** One cheap look before it. */
const MAY_AIM = /\d\.\d{1,3}\.\d/;

/**
 * The flow to a destination that only this call names began while the call ran: an interval rather than a moment. False
 * where such a command never tells one.
 */
function aims(event: ToolCallEvent, start: Micros, put: Put, host: string | undefined): boolean {
  const { command } = event;
  if (command === undefined || !MAY_AIM.test(command)) return false;
  if (host !== undefined) {
    const until = Math.min(event.endBasis === 'recorded' ? (event.end ?? Infinity) : Infinity, start + SOON_US);
    for (const ip of new Set(command.match(ADDRESS)))
      put.each(event, `aimed|${host}|${ip}`, start, Math.max(0, until - start));
  }
  if (event.end === undefined || event.end <= start || event.endBasis !== 'recorded') return true;
  const named = new Set([...command.matchAll(AIM)].map(([, ip, port]) => `${ip}|${port}`));
  for (const aim of named) put.paired(event, `aim|${aim}`, start, event.end - start);
  return true;
}

/** Sightings of the clock that tool-call ids carry, beside the record's own. */
export function observeIds(calls: CallLog, context: ObserveContext): Sighted {
  const out: Observation[] = [];
  const ids = idFactsOf(calls);
  for (let row = 0; row < calls.length; row++) {
    const event = ids.length(row) < SHORTEST_WITH_EPOCH ? undefined : glance(calls, row);
    const callId = event?.callId;
    const at = idEpoch(callId);
    if (event === undefined || at === undefined || event.start === undefined || event.startBasis === 'id-epoch')
      continue;
    out.push({ domain: ID_CLOCK, key: `id|${callId ?? ''}`, lo: at, hi: (at + 1000) as Micros });
    out.push({
      domain: context.domainOf(event),
      key: `id|${callId ?? ''}`,
      lo: event.start,
      hi: (event.start + Math.max(event.time.stepUs, 1)) as Micros,
    });
  }
  return sightedOf(out);
}
