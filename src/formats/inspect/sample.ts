import { skipped } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { contentText } from '../../core/tools/session.ts';
import { CallCounter, episodeEvent, type Slack, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { askedCalls, saidCalls, type Telling } from './asked.ts';

/** The tool event starts up to 0.6 s before the exec in the sandbox. */
const INSPECT_SLACK: Slack = { earlyUs: 100_000, lateUs: 1_000_000 };

export interface RunFacts {
  readonly taskId?: string | undefined;
  /** The archive that holds the sample. */
  readonly archive?: string | undefined;
  readonly run?: string | undefined;
  readonly task?: string | undefined;
  readonly model?: string | undefined;
  readonly evalSet?: string | undefined;
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly counter: CallCounter;
  readonly attachments: unknown;
  readonly execs: readonly Exec[];
}

interface Exec {
  readonly command: string;
  readonly start: ToolCallEvent['time']['at'];
  readonly end?: ToolCallEvent['time']['at'];
}

export function readSample(told: JsonObject, run: RunFacts, record: RawRecord): readonly Event[] {
  const sample = withEvents(told);
  const id = textOf(sample['id']) ?? '';
  const epoch = textOf(sample['epoch']) ?? '';
  const episodeId = textOf(sample['uuid']) ?? `${run.taskId ?? ''}/${id}/${epoch}`;
  const attachments = sample['attachments'];
  const pool = arrayOf(at(sample, 'events_data', 'messages'));
  const out: Event[] = [...callsOf(sample['events'], { record, episodeId, attachments, pool })];
  if (arrayOf(sample['events']).length === 0)
    out.push(
      ...saidCalls(arrayOf(sample['messages']), tellingOf({ record, episodeId, attachments }, [], new CallCounter())),
    );
  arrayOf(sample['error_retries']).forEach((retry, i) => {
    out.push(...callsOf(at(retry, 'events'), { record, episodeId: `${episodeId}/retry-${i + 1}`, attachments, pool }));
  });
  const stamps = flatten(sample['events'])
    .flatMap((event) => [instantOf(event['timestamp']), instantOf(event['completed'])])
    .filter((stamp) => stamp !== undefined);
  out.push(
    episodeEvent({
      format: 'inspect',
      clock: 'timestamp',
      ref: record.ref,
      episodeId,
      aliases: run.archive === undefined ? undefined : [`${run.archive}/${id}/${epoch}`],
      run: run.run,
      group: id === '' ? undefined : id,
      attempt: epoch === '' ? undefined : epoch,
      task: run.task ?? (id === '' ? undefined : id),
      model: run.model ?? textOf(at(sample, 'output', 'model')),
      prompts: taskPrompt(resolved(sample['input'], attachments) ?? sample['messages'], record.ref),
      reward: rewardOf(sample['scores']),
      use: 'eval',
      outcome: textOf(at(sample, 'error', 'message'))?.slice(0, 200) ?? textOf(at(sample, 'limit', 'type')),
      start: instantOf(sample['started_at']) ?? earliest(stamps, 1),
      end: instantOf(sample['completed_at']) ?? earliest(stamps, -1),
      observed: record.observed,
    }),
  );
  return out;
}

/**
 * What the header of an archive says of the samples inside: their documents name neither task nor run. Of a log that is not
 * finished, or was cut short, it is not known which samples there are.
 */
export function knownSamples(
  header: JsonObject,
  { archive, run, record }: { readonly archive: string; readonly run: RunFacts; readonly record: RawRecord },
): readonly Event[] {
  const ids = arrayOf(at(header, 'eval', 'dataset', 'sample_ids')).map((id) => textOf(id) ?? '');
  const epochs = numberOf(at(header, 'eval', 'config', 'epochs')) ?? 1;
  if (ids.length * epochs !== numberOf(at(header, 'results', 'completed_samples'))) return [];
  return ids.flatMap((id) =>
    Array.from({ length: epochs }, (_, i) =>
      episodeEvent({
        format: 'inspect',
        clock: 'timestamp',
        ref: record.ref,
        episodeId: `${archive}/${id}/${i + 1}`,
        aliases: [`${run.taskId ?? ''}/${id}/${i + 1}`],
        run: run.run,
        group: id,
        attempt: `${i + 1}`,
        task: run.task,
        model: run.model,
        use: 'eval',
        observed: record.observed,
      }),
    ),
  );
}

interface Loose {
  readonly record: RawRecord;
  readonly counter: CallCounter;
  readonly episodeId: string;
  readonly from: number;
}

/** One element of a chunked sample's event file. Its attachments lie in other files. */
export function readLooseEvent(event: JsonObject, loose: Loose): readonly Event[] | Decoded {
  if (event['event'] !== 'tool') return skipped(`event ${textOf(event['event']) ?? 'unknown'}`);
  const call = callOf(event, { ...loose, attachments: undefined, execs: [] });
  return [{ ...call, index: call.index + loose.from }];
}

function earliest(stamps: readonly Instant[], direction: 1 | -1): Instant | undefined {
  let best: Instant | undefined;
  for (const stamp of stamps) if (best === undefined || (best.stamp.at - stamp.stamp.at) * direction > 0) best = stamp;
  return best;
}

/** Logs of 2024 have the events of a sample, and the texts that they refer to, in its transcript. */
function withEvents(sample: JsonObject): JsonObject {
  const transcript = sample['transcript'];
  if (!isObject(transcript) || Array.isArray(sample['events'])) return sample;
  return { ...sample, events: transcript['events'], attachments: sample['attachments'] ?? transcript['content'] };
}

/** Early logs nest the events of a tool inside it. */
function flatten(events: unknown, depth = 0): readonly JsonObject[] {
  if (depth > 5) return [];
  return arrayOf(events)
    .filter(isObject)
    .flatMap((event) => (Array.isArray(event['events']) ? [event, ...flatten(event['events'], depth + 1)] : [event]));
}

function callsOf(
  events: unknown,
  { pool, ...place }: Spoken & { readonly pool: readonly unknown[] },
): readonly Event[] {
  const flat = flatten(events);
  const tools = new Map<string, JsonObject>();
  flat.forEach((event, i) => {
    if (event['event'] === 'tool') tools.set(textOf(event['uuid']) ?? `${i}`, event);
  });
  const execs = flat
    .filter((event) => event['event'] === 'sandbox' && event['action'] === 'exec')
    .map(execOf)
    .filter((exec) => exec !== undefined);
  const counter = new CallCounter();
  const calls = [...tools.values()].map((event) => callOf(event, { ...place, counter, execs }));
  return [...calls, ...askedCalls(flat, calls, tellingOf(place, pool, counter))];
}

type Spoken = Pick<Place, 'record' | 'episodeId' | 'attachments'>;

function tellingOf(
  { record, episodeId, attachments }: Spoken,
  pool: readonly unknown[],
  counter: CallCounter,
): Telling {
  return { record, episodeId, pool, counter, resolve: (value) => resolved(value, attachments) };
}

function execOf(event: JsonObject): Exec | undefined {
  const start = instantOf(event['timestamp'])?.stamp.at;
  const end = instantOf(event['completed'])?.stamp.at;
  if (start === undefined) return undefined;
  return { command: textOf(event['cmd']) ?? '', start, ...(end === undefined ? {} : { end }) };
}

function callOf(event: JsonObject, place: Place): ToolCallEvent {
  const start = instantOf(event['timestamp']);
  const end = instantOf(event['completed']);
  const args = readArguments(resolved(event['arguments'], place.attachments));
  const within = place.execs.filter(
    (exec) => start !== undefined && end !== undefined && exec.start >= start.stamp.at && exec.start <= end.stamp.at,
  );
  const failure = textOf(at(event, 'error', 'type'));
  const refused = failure === 'approval' || failure === 'parsing';
  const result = event['result'];
  return toolCallEvent({
    format: 'inspect',
    clock: 'timestamp',
    ref: place.record.ref,
    episodeId: place.episodeId,
    index: place.counter.next(place.episodeId),
    callId: textOf(event['id']),
    name: textOf(event['function']) ?? 'unknown',
    arguments: args,
    start,
    end,
    slack: INSPECT_SLACK,
    executed: refused ? 'no' : event['pending'] === true ? 'unknown' : 'yes',
    status: statusOf(event, failure),
    output: contentText(result) ?? textOf(result),
    exit: numberOf(at(event, 'metadata', 'exit_code')),
    agentPath: agentPath(event),
    execs: within.length > 0 ? within : undefined,
    trust: 'outside',
    observed: place.record.observed,
  });
}

function agentPath(event: JsonObject): readonly string[] | undefined {
  const agent = textOf(event['agent']);
  return agent === undefined ? undefined : [agent];
}

function statusOf(event: JsonObject, failure: string | undefined): ToolCallEvent['status'] {
  if (failure === 'timeout') return 'timeout';
  // `cancelled`: an operator stopped the turn, while the tool ran.
  if (failure === 'approval' || failure === 'cancelled') return 'cancelled';
  if (failure !== undefined || event['failed'] === true) return 'failed';
  return event['pending'] === true ? 'incomplete' : 'completed';
}

/** Replaces `attachment://<hash>` (early: `tc://<hash>`) by the text it stands for. */
function resolved(value: unknown, attachments: unknown): unknown {
  if (typeof value === 'string') {
    const hash = /^(?:attachment|tc):\/\/(\S+)$/.exec(value)?.[1];
    // A text that is not at hand is none: its reference is no command.
    return hash === undefined ? value : at(attachments, hash);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isObject(member) ? member : resolved(member, attachments)]),
  );
}

/** The first score that is a number; C and I are Inspect's words for right and wrong. */
function rewardOf(scores: unknown): number | undefined {
  if (!isObject(scores)) return undefined;
  for (const score of Object.values(scores)) {
    const value = at(score, 'value');
    if (value === 'C') return 1;
    if (value === 'I') return 0;
    const number = numberOf(value);
    if (number !== undefined) return number;
  }
  return undefined;
}
