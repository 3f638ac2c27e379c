import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';
import { readArguments, type ToolArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls } from '../../core/tools/session.ts';
import { forgetOldest, SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event, Prompt } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Message } from './message.ts';

const REMEMBERED = 10_000;

/** What a request asked for, until its response is there. */
type Asked =
  | { readonly kind: 'new'; readonly cwd: string | undefined }
  | { readonly kind: 'load'; readonly episodeId: string }
  | { readonly kind: 'permission'; readonly key: string; readonly rejects: ReadonlySet<string> }
  | { readonly kind: 'terminal'; readonly command: Terminal };

interface Terminal {
  readonly arguments: ToolArguments | undefined;
  readonly cwd: string | undefined;
}

/** Calls and episodes of a log, in which several sessions may run at once. */
export class Sessions {
  readonly #calls = new SessionCalls();
  readonly #episodes = new EpisodeWindows();
  readonly #asked = new Map<string, Asked>();
  readonly #cwds = new Map<string, string>();
  readonly #terminals = new Map<string, Terminal>();
  readonly #loading = new Set<string>();
  /** Calls that are over, of which updates may still come. */
  readonly #over = new Map<string, true>();
  readonly #stem: string;

  constructor(path: string) {
    this.#stem = fileStem(path);
  }

  /** Events of a message; undefined where it tells of no call. */
  see(message: Message, record: RawRecord): readonly Event[] | undefined {
    const { method, params, time } = message;
    if (method === undefined) return this.#answered(message);
    const episodeId = textOf(at(params, 'sessionId')) ?? this.#stem;
    if (at(params, 'sessionId') !== undefined) this.#seen(episodeId, promptIn(message, record), record, time);
    const update = at(params, 'update');
    switch (method) {
      case 'session/new':
        this.#ask(message, { kind: 'new', cwd: textOf(at(params, 'cwd')) });
        return undefined;
      case 'session/load':
        this.#loading.add(episodeId);
        this.#cwd(episodeId, at(params, 'cwd'));
        this.#ask(message, { kind: 'load', episodeId });
        return undefined;
      case 'session/request_permission':
        this.#permission(message, episodeId);
        return undefined;
      case 'terminal/create':
        this.#ask(message, { kind: 'terminal', command: terminalIn(params) });
        return undefined;
      default:
        return isObject(update) ? this.#update(update, { episodeId, message, record }) : undefined;
    }
  }

  flush(): readonly Event[] {
    return [...this.#calls.flush(), ...this.#episodes.flush()];
  }

  #seen(
    episodeId: string,
    prompts: readonly Prompt[] | undefined,
    { ref }: RawRecord,
    time: Instant | undefined,
  ): void {
    this.#episodes.see({ format: 'acp', clock: 'timestamp', episodeId, prompts }, ref, time);
  }

  #cwd(episodeId: string, cwd: unknown): void {
    if (typeof cwd === 'string') this.#cwds.set(episodeId, cwd);
    forgetOldest(this.#cwds, REMEMBERED);
  }

  #ask({ method, id }: Message, asked: Asked): void {
    if (id === undefined) return;
    // Client and agent count their requests each for itself.
    const side = method === 'session/new' || method === 'session/load' ? 'client' : 'agent';
    this.#asked.set(`${side} ${id}`, asked);
    forgetOldest(this.#asked, REMEMBERED);
  }

  #permission(message: Message, episodeId: string): void {
    const callId = textOf(at(message.params, 'toolCall', 'toolCallId'));
    const options = arrayOf(at(message.params, 'options'));
    const rejects = options.filter((option) => textOf(at(option, 'kind'))?.startsWith('reject'));
    const ids = rejects.map((option) => textOf(at(option, 'optionId')) ?? '');
    this.#ask(message, { kind: 'permission', key: `${episodeId} ${callId}`, rejects: new Set(ids) });
  }

  /** A response names the request by its id alone: what it holds tells whose it is. */
  #answered({ id, result, time }: Message): undefined {
    const isAgents = at(result, 'outcome') === undefined && at(result, 'terminalId') === undefined;
    const key = `${isAgents ? 'client' : 'agent'} ${id}`;
    const asked = this.#asked.get(key);
    if (asked === undefined) return undefined;
    this.#asked.delete(key);
    if (asked.kind === 'new') this.#cwd(textOf(at(result, 'sessionId')) ?? '', asked.cwd);
    if (asked.kind === 'load') this.#loading.delete(asked.episodeId);
    if (asked.kind === 'terminal') this.#terminals.set(textOf(at(result, 'terminalId')) ?? '', asked.command);
    if (asked.kind === 'permission') this.#decided(asked.key, asked.rejects, at(result, 'outcome'), time);
    forgetOldest(this.#terminals, REMEMBERED);
    return undefined;
  }

  #decided(key: string, rejects: ReadonlySet<string>, outcome: unknown, time: Instant | undefined): void {
    const isRefused = at(outcome, 'outcome') === 'cancelled' || rejects.has(textOf(at(outcome, 'optionId')) ?? '');
    if (isRefused) this.#calls.update(key, { executed: 'no', status: 'cancelled' });
    else if (time !== undefined) this.#calls.update(key, { start: time });
  }

  #update(update: JsonObject, { episodeId, message, record }: Place): readonly Event[] | undefined {
    const callId = textOf(update['toolCallId']);
    const isCall = update['sessionUpdate'] === 'tool_call' || update['sessionUpdate'] === 'tool_call_update';
    const isRepeated = this.#loading.has(episodeId) || at(message.params, '_meta', 'isReplay') === true;
    if (!isCall || callId === undefined || isRepeated) return undefined;
    const key = `${episodeId} ${callId}`;
    const known = this.#calls.get(key);
    if (known === undefined && this.#over.has(key) && update['sessionUpdate'] === 'tool_call_update') return undefined;
    const told = this.#told(update, episodeId);
    const opened = known === undefined ? this.#open(key, told, update, { episodeId, message, record, callId }) : [];
    if (known !== undefined)
      this.#calls.update(key, known.name === 'tool' ? told : compact({ ...told, name: undefined }));
    if (!isOver(update)) return opened;
    this.#over.set(key, true);
    forgetOldest(this.#over, REMEMBERED);
    return [...opened, ...this.#calls.close(key, this.#settled(update, key, message.time))];
  }

  /** Without arguments the title is all that is told of them. */
  #open(
    key: string,
    told: Told,
    update: JsonObject,
    { episodeId, message, record, callId }: Place & { callId: string },
  ) {
    const title = textOf(update['title']);
    return this.#calls.open(key, {
      format: 'acp',
      clock: 'timestamp',
      ref: record.ref,
      episodeId,
      callId,
      name: 'tool',
      arguments: title === undefined ? undefined : readArguments({ title }),
      ...told,
      // One that is told of when it is over does not say when it began.
      start: isOver(update) ? undefined : message.time,
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      cwd: told.cwd ?? this.#cwds.get(episodeId),
      host: record.host,
      containerId: record.containerId,
      trust: 'outside',
    });
  }

  /** What an update tells of the call itself. Only the first needs to tell all. */
  #told(update: JsonObject, episodeId: string): Told {
    const meta = update['_meta'];
    const kind = textOf(update['kind']);
    const title = textOf(update['title']);
    const named = at(meta, 'claudeCode', 'toolName') ?? at(meta, 'x.ai/tool', 'name') ?? update['toolName'];
    const raw = update['rawInput'] ?? update['args'];
    const given = isObject(raw) && Object.keys(raw).length === 0 ? undefined : readArguments(raw);
    const shown = arrayOf(update['content']).find((block) => at(block, 'type') === 'terminal');
    const terminal = this.#terminals.get(textOf(at(shown, 'terminalId')) ?? '');
    return compact({
      name: textOf(named) ?? (kind === 'other' ? undefined : kind) ?? title,
      arguments: given ?? terminal?.arguments,
      cwd: terminal?.cwd ?? this.#cwds.get(episodeId),
    });
  }

  #settled(update: JsonObject, key: string, end: Instant | undefined): Partial<ToolCallFacts> {
    const isFailed = update['status'] === 'failed';
    const isRefused = this.#calls.get(key)?.executed === 'no';
    const output = textOf(update['rawOutput']) ?? blocksText(update['content']);
    const exit = numberOf(at(update['rawOutput'], 'exitCode') ?? at(update['rawOutput'], 'exit_code'));
    return compact({
      end,
      executed: isRefused ? ('no' as const) : ('yes' as const),
      status: isRefused ? ('cancelled' as const) : isFailed ? ('failed' as const) : ('completed' as const),
      output,
      exit,
    }) as Partial<ToolCallFacts>;
  }
}

interface Place {
  readonly episodeId: string;
  readonly message: Message;
  readonly record: RawRecord;
}

interface Told {
  readonly name?: string;
  readonly arguments?: ToolArguments;
  readonly cwd?: string;
}

function isOver(update: JsonObject): boolean {
  return update['status'] === 'completed' || update['status'] === 'failed';
}

/** Blocks of text stand inside blocks of content. */
function blocksText(blocks: unknown): string | undefined {
  return contentText(arrayOf(blocks).map((block) => at(block, 'content')));
}

function promptIn({ method, params }: Message, { ref }: RawRecord): readonly Prompt[] | undefined {
  return method === 'session/prompt' ? promptsOf(contentText(at(params, 'prompt')), ref) : undefined;
}

function terminalIn(params: unknown): Terminal {
  const args = arrayOf(at(params, 'args')).map((arg) => textOf(arg) ?? '');
  const command = [textOf(at(params, 'command')) ?? '', ...args].join(' ').trim();
  return { arguments: readArguments({ command }), cwd: textOf(at(params, 'cwd')) };
}
