import { decoded, failed, skipped } from '../../core/decoded.ts';
import { isObject, tryJson } from '../../core/json/json.ts';
import { push } from '../../core/push.ts';
import { AskedCalls } from '../../core/tools/asked-calls.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { CallCounter, type Counted, forgetOldest, withoutBounds } from '../../core/tools/tool-call.ts';
import type { Admitted, CutLines } from '../../model/call-cutter.ts';
import type { EpisodeEvent, Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { askedInSpan } from './asked.ts';
import { claims } from './claims.ts';
import { withoutLine } from './cut-span.ts';
import { openCutter } from './cutter.ts';
import { requestIn } from './dumps.ts';
import { EpisodeKeys } from './identity.ts';
import { parentIdOf, spanIdOf, traceIdOf } from './kin.ts';
import { type LogState, logEvents } from './logs.ts';
import { type LogEntry, logsOf, member, type Span, spansOf } from './message.ts';
import { metricEvents } from './metrics.ts';
import { trainingOf } from './naming.ts';
import { PendingSpans } from './pending.ts';
import { PlainSpans } from './plain-spans.ts';
import { type Passing, RelayedCalls } from './relayed.ts';
import {
  describedBy,
  episodeOf,
  isRelayed,
  type Placed,
  refusedAbove,
  refusedCall,
  spanKind,
  toolCallOf,
  toolSaid,
} from './spans.ts';
import { spanTeller } from './teller.ts';

/** Spans that wait for the ancestor which names their episode; children are exported before their parents. */
const WAITING_LIMIT = 10_000;
const NOTHING: readonly Event[] = [];

/** OpenTelemetry traces and logs in JSON, one export request a line or a file, as the emitters really write them. */
export const otlp: Format = {
  id: 'otlp',
  title: 'OTLP/JSON spans and logs of agents, metrics of GPUs',
  roles: ['tool-call', 'episode', 'gpu'],
  framing: 'auto',
  status: 'real',
  clock:
    'span start and end in epoch ns, UTC, of the host in `host.name`; logs: the end of the call, less its duration',
  traps: [
    'hardly any emitter puts the command into `gen_ai.tool.call.arguments`',
    'log events of parallel calls are written at the end of the batch: the start of the shorter one is wrong by up to a second',
    'Logfire exports a span when it begins and again when it ends: the first counts only without the second',
    'a call may have a span of the agent, of the MCP client and of the MCP server, or none, and an answer that asks for it',
    'agent attributes stand on the parent, which is exported after its children',
    'ids are hex in either case, or base64 where plain protobuf-JSON was dumped',
  ],
  claims,
  open: openRequests,
  cutter: openCutter,
};

interface State extends LogState {
  readonly keys: EpisodeKeys;
  readonly plain: PlainSpans;
  readonly waiting: Map<string, Placed[]>;
  /** Episodes of a trace whose training step no span has told yet. */
  readonly stepless: Map<string, { readonly placed: Placed; readonly episodeId: string }[]>;
  waitingCount: number;
  readonly pending: PendingSpans;
  readonly relayed: RelayedCalls;
  /** What models asked for. */
  readonly asked: AskedCalls;
  /** What spans of calls said last of their episodes. */
  readonly described: Map<string, string>;
  /** Of the calls of episodes, by the number of their name among lines that were cut. */
  readonly entries: Counted[];
  /** By the same: numbers of keys. */
  readonly keyNumbers: number[];
}

function openRequests(): Decoder {
  const state: State = {
    plain: new PlainSpans(),
    keys: new EpisodeKeys(),
    calls: new CallCounter(),
    refused: new Map(),
    waiting: new Map(),
    stepless: new Map(),
    waitingCount: 0,
    pending: new PendingSpans(),
    asked: new AskedCalls(),
    relayed: new RelayedCalls(),
    described: new Map(),
    entries: [],
    keyNumbers: [],
  };
  return {
    decode: (record) => decode(record, state),
    admit: (cut) => admit(cut, state),
    flush: () => [
      ...unended(state, 'all'),
      ...unrelayed(state, 'all'),
      ...releaseAll(state),
      ...state.asked.flush(state.calls),
    ],
  };
}

function decode(record: RawRecord, state: State): Decoded {
  const plain = state.plain.cut(record.text);
  if (plain !== undefined) return decodeEntries(plain, [], record, state);
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const request = requestIn(json);
  const spans = spansOf(request);
  const logs = logsOf(request);
  if (spans.length > 0 || logs.length > 0) return decodeEntries(spans, logs, record, state);
  if (!['resourceSpans', 'resourceLogs', 'resourceMetrics'].some((key) => member(request, key) !== undefined))
    return failed('no export request');
  const metrics = metricEvents(request, record);
  return metrics.length === 0 ? skipped('export request without spans, logs or metrics of a GPU') : decoded(...metrics);
}

const NOTHING_IN_IT = 'no tool call or agent in the batch';

/** Does with lines that were cut elsewhere what `addSpanEvents` does: all of their calls name their episodes. */
function admit(cut: CutLines, state: State): Admitted {
  let skipped = 0;
  for (let line = 0, first = 0; line < cut.lines; line++) {
    const end = cut.endOf(line);
    for (let i = first; i < end; i++) {
      const at = cut.wordsOf(i);
      state.keys.see(cut.words, at, keyOf(cut, i, state));
      if (state.pending.size > 0) state.pending.end(traceIdOf(cut.words, at), spanIdOf(cut.words, at));
    }
    const events = state.waiting.size === 0 ? NOTHING : releasedBy(cut, first, end, state);
    const calls = countCalls(cut, first, end, state);
    if (events.length > 0) return { lines: line + 1, skipped, reason: NOTHING_IN_IT, events };
    if (calls === 0) skipped++;
    first = end;
  }
  return { lines: cut.lines, skipped, reason: NOTHING_IN_IT, events: NOTHING };
}

/** The number of a record's key, which is looked for once for all records that name it. */
function keyOf(cut: CutLines, record: number, { keys, keyNumbers }: State): number {
  const episode = cut.episodeNumberOf(record);
  const known = keyNumbers[episode];
  if (known !== undefined) return known;
  const { edition } = keys;
  const number = keys.numberOf(cut.episodeOf(record));
  if (keys.edition !== edition) keyNumbers.length = 0;
  keyNumbers[episode] = number;
  return number;
}

function countCalls(cut: CutLines, first: number, end: number, state: State): number {
  const { calls, entries, asked, relayed } = state;
  const isAwaited = asked.told > 0 || relayed.size > 0;
  const passing: Passing[] = [];
  let count = 0;
  for (let i = first; i < end; i++) {
    const call = isAwaited && cut.isCall(i) ? cut.nextCall() : undefined;
    if (isAwaited) passing.push(passingOf(cut, i, call));
    if (call !== undefined && asked.told > 0) asked.record(recordOf(call, traceIdOf(cut.words, cut.wordsOf(i))));
    if (!cut.isCall(i)) continue;
    const number = cut.episodeNumberOf(i);
    const entry = entries[number] ?? calls.entryOf(cut.episodeOf(i) ?? '');
    entries[number] = entry;
    cut.setIndex(calls.nextOf(entry));
    count++;
  }
  relayed.meet(passing);
  return count;
}

function passingOf(cut: CutLines, record: number, call: Passing['call']): Passing {
  const { words } = cut;
  const at = cut.wordsOf(record);
  return {
    traceId: traceIdOf(words, at),
    spanId: spanIdOf(words, at),
    parentId: parentIdOf(words, at),
    call,
  };
}

function releasedBy(cut: CutLines, first: number, end: number, state: State): readonly Event[] {
  const traces = new Set<string>();
  for (let i = first; i < end; i++) traces.add(traceIdOf(cut.words, cut.wordsOf(i)));
  return [...traces].flatMap((traceId) => release(traceId, state, 'resolved'));
}

function decodeEntries(spans: readonly Span[], logs: readonly LogEntry[], record: RawRecord, state: State): Decoded {
  const events: Event[] = [];
  const before = state.asked.told;
  addSpanEvents(spans, record, state, events);
  for (const entry of logs) events.push(...logEvents(entry, record.ref, state));
  const isTelling = state.asked.told > before || spans.some((span) => spanKind(span) !== 'other');
  if (events.length === 0 && !isTelling) return skipped(NOTHING_IN_IT);
  return { status: 'decoded', events };
}

function addSpanEvents(spans: readonly Span[], { ref }: RawRecord, state: State, events: Event[]): void {
  const { keys } = state;
  const own = spans.map((span) => keys.learn(span));
  if (state.pending.size > 0) for (const { traceId, spanId } of spans) state.pending.end(traceId, spanId);
  if (state.waiting.size > 0)
    for (const traceId of new Set(spans.map((span) => span.traceId)))
      events.push(...release(traceId, state, 'resolved'));
  // What was learned last counts, so spans that come twice are looked up again.
  const isOnce = spans.length === 1 || new Set(spans.map(({ spanId }) => spanId)).size === spans.length;
  const kinds = spans.map(spanKind);
  for (const [i, span] of spans.entries()) if (kinds[i] === 'other') noteOther(span, ref, state);
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i];
    const kind = kinds[i] ?? 'other';
    if (span !== undefined && kind === 'pending') state.pending.begin(span, ref, keys);
    if (span === undefined || kind === 'other' || kind === 'pending') continue;
    if (kind === 'tool' && isRelayed(span)) {
      state.relayed.hold({ span: withoutLine(span), kind, ref });
      continue;
    }
    const key = isOnce ? own[i] : undefined;
    const found = key === undefined ? keys.find(span) : { key };
    if (found === 'open') hold({ span: withoutLine(span), kind, ref }, state);
    else events.push(...eventsOf({ span, kind, ref }, found.key, state));
  }
  if (state.relayed.size > 0) {
    state.relayed.meet(
      spans.map((span, i) => ({ ...idsOf(span), call: kinds[i] === 'tool' ? toolSaid(span) : undefined })),
    );
    events.push(...unrelayed(state, 'oldest'));
  }
  if (state.stepless.size > 0) for (const span of spans) events.push(...stepEvents(span, state));
  if (state.pending.size > 0) events.push(...unended(state, 'oldest'));
  while (state.waitingCount > WAITING_LIMIT) {
    const oldest = state.waiting.keys().next();
    if (oldest.done) break;
    events.push(...release(oldest.value, state, 'all'));
  }
}

/** Spans that began, and whose end is waited for no longer. */
function unended(state: State, which: 'oldest' | 'all'): readonly Event[] {
  return state.pending.take(which).flatMap((placed) => eventsOf(placed, state.keys.nameOf(placed.span), state));
}

/** Calls of MCP clients and servers above which no span tells of the same. */
function unrelayed(state: State, which: 'oldest' | 'all'): readonly Event[] {
  return state.relayed.take(which).flatMap((placed) => eventsOf(placed, state.keys.nameOf(placed.span), state));
}

function idsOf({ traceId, spanId, parentId }: Span): Omit<Passing, 'call'> {
  return { traceId, spanId, parentId };
}

function noteOther(span: Span, ref: SourceRef, state: State): void {
  noteRefusal(span, state);
  const asked = askedInSpan(span.attributes);
  if (asked.calls.length > 0 || asked.results.size > 0) state.asked.take(asked, spanTeller(span, ref, state.keys));
}

function noteRefusal(span: Span, { refused }: State): void {
  const spanId = refusedAbove(span);
  if (spanId === undefined) return;
  refused.set(spanId, true);
  forgetOldest(refused, 10_000);
}

function hold(placed: Placed, state: State): void {
  push(state.waiting, placed.span.traceId, placed);
  state.waitingCount++;
}

function eventsOf(placed: Placed, episodeId: string, state: State): readonly Event[] {
  return placed.kind === 'tool' ? callEvents(placed, episodeId, state) : [agentEvent(placed, episodeId, state)];
}

function callEvents(placed: Placed, episodeId: string, state: State): readonly Event[] {
  const call = toolCallOf(placed, episodeId, state.calls.next(episodeId));
  const own = state.refused.has(placed.span.spanId) ? refusedCall(call) : call;
  if (state.asked.told > 0) state.asked.record(recordOf(own, placed.span.traceId));
  const episode = describedBy(placed, episodeId);
  return episode === undefined || isKnown(episode, state) ? [own] : [episode, own];
}

/** Spans of one episode mostly say the same of it. */
function isKnown({ episodeId, ref: _ref, time: _time, ...facts }: EpisodeEvent, { described }: State): boolean {
  const said = JSON.stringify(facts);
  if (described.get(episodeId) === said) return true;
  described.set(episodeId, said);
  forgetOldest(described, WAITING_LIMIT);
  return false;
}

function agentEvent(placed: Placed, episodeId: string, state: State): EpisodeEvent {
  const span = withoutLine(placed.span);
  const own = { ...placed, span };
  const episode = episodeOf(own, episodeId);
  if (episode.step === undefined && span.parentId !== undefined) {
    push(state.stepless, span.traceId, { placed: own, episodeId });
    forgetOldest(state.stepless, WAITING_LIMIT);
  }
  return episode;
}

/** ROLL tells the training step on the root of a trace, which is exported last. */
function stepEvents(span: Span, state: State): readonly Event[] {
  const held = state.stepless.get(span.traceId);
  const step = held === undefined ? undefined : trainingOf(span.attributes).step;
  if (step === undefined || held === undefined) return [];
  const under = held.filter(({ placed }) => state.keys.isUnder(placed.span, span));
  state.stepless.set(
    span.traceId,
    held.filter((entry) => !under.includes(entry)),
  );
  return under.map(({ placed, episodeId }) => withoutBounds({ ...episodeOf(placed, episodeId), step }));
}

/** Lets waiting spans of a trace go: those whose episode is known by now, or all with what is known. */
function release(traceId: string, state: State, which: 'resolved' | 'all'): readonly Event[] {
  const queue = state.waiting.get(traceId);
  if (queue === undefined) return [];
  const events: Event[] = [];
  const rest: Placed[] = [];
  for (const placed of queue) {
    const found = state.keys.find(placed.span);
    if (found !== 'open') events.push(...eventsOf(placed, found.key, state));
    else if (which === 'all') events.push(...eventsOf(placed, state.keys.last(placed.span), state));
    else rest.push(placed);
  }
  state.waitingCount -= queue.length - rest.length;
  if (rest.length === 0) state.waiting.delete(traceId);
  else state.waiting.set(traceId, rest);
  return events;
}

function releaseAll(state: State): readonly Event[] {
  return [...state.waiting.keys()].flatMap((traceId) => release(traceId, state, 'all'));
}
