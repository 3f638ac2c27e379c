import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, textOf, tryJson } from '../../core/json/json.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time/time.ts';
import { executedThoughCancelled, isCancelled } from '../../core/tools/cancelled.ts';
import { callEvent, contentText, type ModelCall, modelCall, sandboxOfPath } from '../../core/tools/model-calls.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import type { Event, Prompt, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

/** Session transcripts of iFlow CLI. */
export const iflowSession: Format = {
  id: 'iflow-session',
  title: 'iFlow CLI session transcript',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timestamp` ISO ms UTC when the record was written; `toolUseResult.timestamp` epoch ms at completion; sandbox host',
  traps: [
    'envelope like Claude Code, results like gemini-cli',
    'the session id is the file stem `session-<uuid>`; other artefacts may name the bare uuid',
    'remarks of the program (`isMeta`) and summaries of the context stand there as user messages',
    'the file lies in the sandbox, where the agent can write',
  ],
  claims,
  open: (context) => new IflowSession(context),
};

function claims({ json }: SniffRecord): Sniff {
  const sessionId = textOf(at(json, 'sessionId'));
  if (sessionId === undefined || textOf(at(json, 'type')) === undefined) return no('no sessionId');
  const result = at(arrayOf(at(json, 'message', 'content'))[0], 'content', 'responseParts');
  if (result !== undefined) return yes(0.99, 'tool result with responseParts');
  return /^session-[0-9a-f-]{36}$/.test(sessionId) && at(json, 'uuid') !== undefined
    ? yes(0.98, 'sessionId session-<uuid>')
    : no('no iFlow session');
}

interface Asked {
  readonly call: ModelCall;
  readonly stamp: Stamp;
  readonly raw: string;
  readonly ref: SourceRef;
  readonly index: number;
  readonly sessionId: string;
}

interface Result {
  readonly end: Stamp | undefined;
  readonly status: string | undefined;
  readonly output: string | undefined;
  readonly cwd: string | undefined;
}

class IflowSession {
  readonly #sandboxId: string | undefined;
  readonly #asked = new Map<string, Asked>();
  readonly #sessions = new Set<string>();
  #index = 0;

  constructor(context: DecodeContext) {
    this.#sandboxId = sandboxOfPath(context);
  }

  decode(record: RawRecord): Decoded {
    const json = tryJson(record.text);
    const sessionId = textOf(at(json, 'sessionId'));
    const raw = textOf(at(json, 'timestamp')) ?? '';
    const stamp = parseIso(raw);
    if (sessionId === undefined || stamp === undefined) return failed('needs sessionId and timestamp');
    const events: Event[] = [...this.#episode(json, { sessionId, stamp, raw, ref: record.ref })];
    for (const part of arrayOf(at(json, 'message', 'content'))) {
      if (at(part, 'type') === 'tool_use') this.#ask(part, { sessionId, stamp, raw, ref: record.ref });
      if (at(part, 'type') === 'tool_result') events.push(...this.#answer(json, part));
    }
    if (events.length > 0) return decoded(...events);
    return at(json, 'type') === 'assistant' ? decoded() : skipped('message without tools');
  }

  flush(): readonly Event[] {
    const left = [...this.#asked.values()].map((asked) => this.#event(asked, undefined));
    this.#asked.clear();
    return left;
  }

  #ask(part: unknown, base: Pick<Asked, 'sessionId' | 'stamp' | 'raw' | 'ref'>): void {
    const id = textOf(at(part, 'id'));
    const name = textOf(at(part, 'name'));
    if (name === undefined) return;
    const index = this.#index++;
    this.#asked.set(id ?? `#${index}`, { ...base, call: modelCall(id, name, at(part, 'input')), index });
  }

  #answer(json: unknown, part: unknown): readonly Event[] {
    const id = textOf(at(part, 'tool_use_id')) ?? textOf(at(part, 'content', 'callId')) ?? '';
    const asked = this.#asked.get(id);
    if (asked === undefined) return [];
    this.#asked.delete(id);
    const response = responseIn(at(part, 'content'));
    const output =
      textOf(at(response, 'output')) ?? textOf(at(response, 'error')) ?? textOf(contentText(at(part, 'content')));
    const end =
      parseEpoch(textOf(at(json, 'toolUseResult', 'timestamp')) ?? '') ?? parseIso(textOf(at(json, 'timestamp')) ?? '');
    return [
      this.#event(asked, {
        end,
        status: textOf(at(json, 'toolUseResult', 'status')),
        output,
        cwd: textOf(at(json, 'cwd')),
      }),
    ];
  }

  #event(asked: Asked, result: Result | undefined): Event {
    const start = asked.stamp.at;
    const end = result?.end !== undefined && result.end.at >= start ? result.end.at : undefined;
    return callEvent(asked.call, {
      format: 'iflow-session',
      clock: 'timestamp',
      ref: asked.ref,
      episodeId: asked.sessionId,
      index: asked.index,
      trust: 'agent-writable',
      executed: executedOf(result),
      status: statusOf(result),
      startBasis: 'recorded',
      endBasis: end === undefined ? 'none' : 'recorded',
      start,
      end,
      time: eventTime(asked.stamp, { raw: asked.raw, basis: 'request-start', hi: end }),
      slack: { earlyUs: 50_000, lateUs: 100_000 },
      output: result?.output,
      cwd: result?.cwd,
      sandboxId: this.#sandboxId,
    });
  }

  #episode(json: unknown, base: Pick<Asked, 'sessionId' | 'stamp' | 'raw' | 'ref'>): readonly Event[] {
    const prompts = humanPrompt(json, base.ref);
    const known = this.#sessions.has(base.sessionId);
    if (known && prompts === undefined) return [];
    this.#sessions.add(base.sessionId);
    const bare = base.sessionId.replace(/^session-/, '');
    const aliases = [
      bare === base.sessionId ? undefined : bare,
      this.#sandboxId === undefined ? undefined : `sandbox:${this.#sandboxId}`,
    ];
    return [
      compact({
        kind: 'episode' as const,
        format: 'iflow-session',
        clock: 'timestamp',
        time: eventTime(base.stamp, { raw: base.raw, basis: 'emit' }),
        ref: base.ref,
        episodeId: base.sessionId,
        agent: 'iflow-cli',
        prompts,
        sandboxId: this.#sandboxId,
        aliases: aliases.filter((alias) => alias !== undefined),
        traced: 'yes' as const,
      }),
    ];
  }
}

/** The function's response stands in one part of several, in the only one, or without parts. */
function responseIn(content: unknown): unknown {
  const parts = at(content, 'responseParts') ?? content;
  const holder = Array.isArray(parts) ? parts.find((part) => at(part, 'functionResponse') !== undefined) : parts;
  return at(holder, 'functionResponse', 'response');
}

/** What the user wrote. Results of tools, remarks of the program and summaries of the context are user messages as well. */
function humanPrompt(json: unknown, ref: SourceRef): readonly Prompt[] | undefined {
  const content = at(json, 'message', 'content');
  const holdsResult = arrayOf(content).some((part) => at(part, 'type') === 'tool_result');
  const isHuman = at(json, 'type') === 'user' && !holdsResult && !isWrittenByProgram(json);
  return isHuman ? promptsOf(contentText(content), ref) : undefined;
}

/** A subagent's prompts are its agent's. */
function isWrittenByProgram(json: unknown): boolean {
  if (at(json, 'isMeta') === true || at(json, 'isSidechain') === true) return true;
  return [json, at(json, 'message')].some((part) => isObject(part) && Object.keys(part).some(isSummaryMark));
}

function isSummaryMark(key: string): boolean {
  return /compress|compact/i.test(key);
}

function executedOf(result: Result | undefined): ToolCallEvent['executed'] {
  if (result === undefined) return 'unknown';
  if (result.status === 'rejected') return 'no';
  return result.status === 'cancelled' || isCancelled(result.output) ? executedThoughCancelled(result.output) : 'yes';
}

function statusOf(result: Result | undefined): 'completed' | 'failed' | 'cancelled' | undefined {
  if (result === undefined || !isObject(result)) return undefined;
  if (result.status === 'success') return 'completed';
  if (result.status === 'error') return 'failed';
  return result.status === 'cancelled' || result.status === 'rejected' ? 'cancelled' : undefined;
}
