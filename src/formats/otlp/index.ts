import { decoded, failed, skipped } from '../../core/decoded.ts';
import { isObject, tryJson } from '../../core/json/json.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { admit } from './admit.ts';
import { askedInSpan } from './asked.ts';
import { claims } from './claims.ts';
import { withoutLine } from './cut-span.ts';
import { openCutter } from './cutter.ts';
import { requestIn } from './dumps.ts';
import { logEvents } from './logs.ts';
import { type LogEntry, logsOf, member, type Span, spansOf } from './message.ts';
import { metricEvents } from './metrics.ts';
import type { Passing } from './relayed.ts';
import { isRelayed, refusedAbove, spanKind, toolSaid } from './spans.ts';
import { NOTHING_IN_IT, openState, type State, WAITING_LIMIT } from './state.ts';
import { spanTeller } from './teller.ts';
import { eventsOf, stepEvents } from './told.ts';
import { hold, release, releaseAll } from './waiting.ts';

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

function openRequests(): Decoder {
  const state = openState();
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
