import type { ToolCallEvent } from '../../model/event.ts';
import { compact, isObject } from '../json/json.ts';
import { push } from '../push.ts';
import { ownText } from '../text/own-text.ts';
import { readArguments } from './arguments.ts';
import { isUniqueId } from './unique-id.ts';

/** A call that has a record of its own, and the trace that it stands in. */
export interface RecordedCall
  extends Pick<ToolCallEvent, 'callId' | 'name' | 'argumentsText' | 'truncated' | 'start' | 'episodeId'> {
  readonly traceId: string;
}

/** What is kept of a call until it is known who asked for it. `recordId`: of its record, which no model gave it. */
export function recordOf(call: ToolCallEvent, traceId: string, recordId?: string): RecordedCall {
  const { name, argumentsText, truncated, start, episodeId } = call;
  const callId = call.callId === recordId ? undefined : call.callId;
  return { ...compact({ callId, argumentsText, truncated, start }), name, episodeId, traceId: ownText(traceId) };
}

/** A call as the answer of a model asked for it. Times in microseconds. */
export interface AnsweredCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly argumentsText: string | undefined;
  readonly traceId: string;
  readonly episodeId: string;
  readonly answered: number | undefined;
  /** When its result was brought, where it was. */
  readonly resultAt: number | undefined;
}

/** Stamps of a model's span and a tool's are of one process, mostly of one clock. */
const SLACK_US = 2_000_000;
/** How long a call whose result nobody brought may have waited for its beginning. */
const LONGEST_WAIT_US = 600_000_000;

/** Which answers of models asked for calls that have a record of their own, which tells as much. */
export function answersRecorded<T extends AnsweredCall>(
  answers: readonly T[],
  records: readonly RecordedCall[],
): ReadonlySet<T> {
  const byId = new Map<string, T>();
  const byName = new Map<string, T[]>();
  for (const answer of answers) {
    if (answer.id !== undefined) byId.set(idKey(answer.id, answer.traceId), answer);
    for (const key of nameKeys(answer)) push(byName, key, answer);
  }
  const found = new Set<T>();
  for (const record of records) {
    const same = record.callId === undefined ? undefined : byId.get(idKey(record.callId, record.traceId));
    if (same !== undefined) {
      if (tellsAll(record, same)) found.add(same);
    } else
      for (const answer of nameKeys(record).flatMap((key) => byName.get(key) ?? []))
        if (mayBeSame(answer, record)) found.add(answer);
  }
  return found;
}

/** Gateways put each question into a trace of its own, and ids that are random are of one call wherever they stand. */
export function idKey(id: string, traceId: string): string {
  return isUniqueId(id) ? id : `${traceId} ${id}`;
}

function nameKeys(call: Pick<AnsweredCall, 'name' | 'traceId' | 'episodeId'>): readonly string[] {
  const name = ownName(call.name);
  return [`trace ${call.traceId} ${name}`, `episode ${call.episodeId} ${name}`];
}

/** A tool's name without that of its server (`mcp__fetch__get`), which not every record has. */
function ownName(name: string): string {
  const server = name.lastIndexOf('__');
  return server < 0 ? name : name.slice(server + 2);
}

export function sameTool(one: string, other: string): boolean {
  return ownName(one) === ownName(other);
}

/** Whether a record of an answer's id tells as much. One that was cut tells less than a longer answer, where the two are known to be one. */
export function tellsAll(record: Given, answer: Given & Pick<Partial<AnsweredCall>, 'id'>): boolean {
  const isLess = (record.argumentsText?.length ?? 0) < (answer.argumentsText?.length ?? 0);
  if (record.truncated === true && isLess && isUniqueId(answer.id ?? '')) return false;
  return saysGiven(record, answer);
}

/** Whether a record says what the call was given, where its answer does. */
function saysGiven(record: Given, answer: Given): boolean {
  return record.argumentsText !== undefined || answer.argumentsText === undefined;
}

/** Of one tool, in one episode: unless both have ids, which then differ, or were given something else, or at another time. */
function mayBeSame(answer: AnsweredCall, { callId, start, ...record }: RecordedCall): boolean {
  if ((answer.id !== undefined && callId !== undefined) || !saysGiven(record, answer)) return false;
  const { answered, resultAt } = answer;
  if (start !== undefined && answered !== undefined) {
    const latest = resultAt ?? answered + LONGEST_WAIT_US;
    if (start < answered - SLACK_US || start > latest + SLACK_US) return false;
  }
  const [asked, given] = [givenText(answer), givenText(record)];
  return asked === undefined || given === undefined || asked === given;
}

interface Given {
  readonly argumentsText?: string | undefined;
  readonly truncated?: true;
}

/** What a call was given, however its JSON is laid out; undefined where that is not known for sure. */
function givenText({ argumentsText, truncated }: Given): string | undefined {
  const read = truncated === true ? undefined : readArguments(argumentsText);
  return isObject(read?.value) && read.truncated !== true ? JSON.stringify(sorted(read.value)) : undefined;
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
