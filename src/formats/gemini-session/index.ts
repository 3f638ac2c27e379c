import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { sandboxOfPath } from '../../core/tools/model-calls.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { callEvents, type Message, sessionEpisode } from './calls.ts';
import { isStreamed, Stream } from './stream.ts';

/** Chat files of gemini-cli: JSON lines, or one JSON object in older versions; and what it streams when it prints. */
export const geminiSession: Format = {
  id: 'gemini-session',
  title: 'gemini-cli chat session',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    'start: epoch ms in the call id, else the message `timestamp`; end: `toolCalls[].timestamp`, the end of the whole parallel batch',
  traps: [
    'a message id appears again when its tools have finished: the last one counts',
    '`$rewindTo` takes messages out of the conversation, but their commands have run',
    'a blocked command has status `success`',
  ],
  claims,
  open: (context) => new GeminiSession(context),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  if (json['projectHash'] !== undefined && json['startTime'] !== undefined)
    return yes(0.98, 'sessionId with projectHash');
  const keys = Object.keys(json);
  if (keys.length === 1 && (keys[0] === '$set' || keys[0] === '$rewindTo')) return yes(0.95, 'control line');
  // Messages and results of other programs look alike.
  if (isStreamed(json))
    return yes('tool_id' in json || 'session_id' in json ? 0.95 : 0.5, 'streamed line of gemini-cli');
  return isMessage(json) ? yes(0.9, 'message of gemini-cli') : no('no gemini-cli record');
}

function isMessage(json: unknown): boolean {
  return (
    textOf(at(json, 'id')) !== undefined &&
    textOf(at(json, 'timestamp')) !== undefined &&
    /^(?:user|gemini|info|error|warning)$/.test(textOf(at(json, 'type')) ?? '') &&
    at(json, 'sessionId') === undefined
  );
}

class GeminiSession {
  readonly #context: DecodeContext;
  readonly #messages = new Map<string, Message>();
  readonly #stream: Stream;
  #sessionId: string | undefined;
  #head: { json: unknown; ref: SourceRef } | undefined;

  constructor(context: DecodeContext) {
    this.#context = context;
    this.#stream = new Stream(`gemini-session:${context.path}`);
  }

  decode(record: RawRecord): Decoded {
    const json = tryJson(record.text);
    if (!isObject(json)) return failed('not JSON');
    if (isStreamed(json)) {
      const result = this.#stream.read(json, record);
      return 'status' in result ? result : decoded(...result);
    }
    if (json['$rewindTo'] !== undefined) return skipped('rewind: the commands have run all the same');
    if (isObject(json['$set'])) {
      for (const message of arrayOf(json['$set']['messages'])) this.#keep(message, record.ref);
      return decoded();
    }
    if (textOf(json['sessionId']) !== undefined && json['startTime'] !== undefined) {
      this.#sessionId ??= textOf(json['sessionId']);
      this.#head ??= { json, ref: record.ref };
      for (const message of arrayOf(json['messages'])) this.#keep(message, record.ref);
      return decoded();
    }
    if (!isMessage(json)) return skipped('other record');
    this.#keep(json, record.ref);
    return decoded();
  }

  flush(): readonly Event[] {
    const messages = [...this.#messages.values()];
    this.#messages.clear();
    if (messages.length === 0 && this.#head === undefined) return this.#stream.flush();
    const session = {
      id: this.#sessionId ?? `gemini-session:${this.#context.path}`,
      sandboxId: sandboxOfPath(this.#context),
    };
    const ref = this.#head?.ref ?? messages[0]?.ref;
    const head = ref === undefined ? [] : [sessionEpisode(session, { head: this.#head?.json, messages, ref })];
    this.#head = undefined;
    return [...head, ...callEvents(session, messages)];
  }

  /** The last record of an id counts, at the place of the first; a record without its tools never takes them back. */
  #keep(json: unknown, ref: SourceRef): void {
    const id = textOf(at(json, 'id'));
    if (id === undefined) return;
    const before = this.#messages.get(id);
    if (before !== undefined && arrayOf(at(before.json, 'toolCalls')).length > 0 && at(json, 'toolCalls') === undefined)
      return;
    this.#messages.set(id, { json, ref });
  }
}
