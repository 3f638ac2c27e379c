import type { EpisodeEvent, Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Decoder } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { failed } from '../decoded.ts';
import { isObject, type JsonObject, tryJson } from '../json/json.ts';
import type { Instant } from '../time/instant.ts';
import { joinPrompts } from './prompts.ts';
import { CallCounter, type EpisodeFacts, episodeEvent, type ToolCallFacts, toolCallEvent } from './tool-call.ts';

const OPEN_LIMIT = 10_000;

/** Pairs the line that starts a call with the lines that end it; calls left in the background wait for their end. */
export class SessionCalls {
  readonly #counter = new CallCounter();
  readonly #open = new Map<string, ToolCallFacts>();
  /** Background handle -> key of the call that started it. */
  readonly #handles = new Map<string, string>();

  /** Starts a call. Without a key nothing can end it, so it comes out at once. */
  open(key: string | undefined, facts: Omit<ToolCallFacts, 'index'>): readonly ToolCallEvent[] {
    const whole: ToolCallFacts = { ...facts, index: this.#counter.next(facts.episodeId) };
    if (key === undefined) return [toolCallEvent(whole)];
    const out = this.#evict(key);
    this.#open.set(key, whole);
    return out;
  }

  /** Adds what a later line says. */
  update(key: string, patch: Partial<ToolCallFacts>): void {
    const facts = this.#open.get(key);
    if (facts !== undefined) this.#open.set(key, { ...facts, ...patch });
  }

  /** Ends a call; one that goes on in the background is held until its own end is told. */
  close(key: string, patch: Partial<ToolCallFacts>): readonly ToolCallEvent[] {
    this.update(key, patch);
    const facts = this.#open.get(key);
    if (facts === undefined) return [];
    const handle = facts.background?.handle;
    if (handle !== undefined && facts.background?.end === undefined) {
      this.#handles.set(handle, key);
      return [];
    }
    return this.#emit(key);
  }

  /** The recorded end of what a call left running. */
  endBackground(handle: string, end: Instant | undefined): readonly ToolCallEvent[] {
    const key = this.#handles.get(handle);
    const facts = key === undefined ? undefined : this.#open.get(key);
    if (key === undefined || facts === undefined || end === undefined) return [];
    this.update(key, { background: { ...facts.background, end: end.stamp.at } });
    this.#handles.delete(handle);
    return this.#emit(key);
  }

  get(key: string): ToolCallFacts | undefined {
    return this.#open.get(key);
  }

  flush(): readonly ToolCallEvent[] {
    return [...this.#open.keys()].flatMap((key) => this.#emit(key));
  }

  #evict(key: string): readonly ToolCallEvent[] {
    if (this.#open.has(key)) return this.#emit(key);
    if (this.#open.size < OPEN_LIMIT) return [];
    const oldest = this.#open.keys().next();
    return oldest.done ? [] : this.#emit(oldest.value);
  }

  #emit(key: string): readonly ToolCallEvent[] {
    const facts = this.#open.get(key);
    this.#open.delete(key);
    return facts === undefined ? [] : [toolCallEvent(facts)];
  }
}

type Described = Omit<EpisodeFacts, 'ref' | 'start' | 'end' | 'observed'>;

interface Window {
  readonly ref: SourceRef;
  facts: Described;
  first: Instant | undefined;
  last: Instant | undefined;
}

/** First and last stamp of each episode of a file, and what its lines said about it. */
export class EpisodeWindows {
  readonly #windows = new Map<string, Window>();

  see(facts: Described, ref: SourceRef, ...instants: readonly (Instant | undefined)[]): void {
    let window = this.#windows.get(facts.episodeId);
    if (window === undefined) {
      window = { ref, facts, first: undefined, last: undefined };
      this.#windows.set(facts.episodeId, window);
    } else window.facts = merged(window.facts, facts);
    for (const instant of instants) {
      if (instant === undefined) continue;
      if (window.first === undefined || instant.stamp.at < window.first.stamp.at) window.first = instant;
      if (window.last === undefined || instant.stamp.at > window.last.stamp.at) window.last = instant;
    }
  }

  flush(): readonly EpisodeEvent[] {
    const out = [...this.#windows.values()].map(({ facts, ref, first, last }) =>
      episodeEvent({ ...facts, ref, start: first, end: last }),
    );
    this.#windows.clear();
    return out;
  }
}

/** What an earlier line stated stays; a later line only fills gaps. */
function merged(before: Described, after: Described): Described {
  const out: Record<string, unknown> = { ...after };
  for (const [key, value] of Object.entries(before)) if (value !== undefined) out[key] = value;
  out['prompts'] = joinPrompts(before.prompts, after.prompts);
  return out as Described;
}

/** Decoder of a format whose records are JSON objects. `read` returns events, or why there are none. */
export function jsonDecoder(
  read: (doc: JsonObject, record: RawRecord) => readonly Event[] | Decoded,
  flush?: () => readonly Event[],
  parse: (text: string) => unknown = tryJson,
): Decoder {
  return {
    decode: (record) => {
      const doc = parse(record.text);
      if (!isObject(doc)) return failed('not a JSON object');
      const out = read(doc, record);
      return 'status' in out ? out : { status: 'decoded', events: out };
    },
    ...(flush === undefined ? {} : { flush }),
  };
}

/** The same of one session: what its calls and episodes wait for is told at the end. */
export function sessionDecoder<S extends { readonly calls: SessionCalls; readonly episodes: EpisodeWindows }>(
  state: S,
  read: (doc: JsonObject, record: RawRecord, state: S) => readonly Event[] | Decoded,
): Decoder {
  return jsonDecoder(
    (doc, record) => read(doc, record, state),
    () => [...state.calls.flush(), ...state.episodes.flush()],
  );
}

/** Name of a file without its folders and without its trajectory and JSON endings. */
export function fileStem(path: string): string {
  return pathStem(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
}

/** A path without its ending: names what a file holds where files in several folders are called the same. */
export function pathStem(path: string): string {
  return (
    path.replace(
      /(?<=[^/\\])(?:\.traj(?:ectory)?)?(?:\.(?:json|jsonl|ndjson|traj|log|cast))?(?:\.(?:gz|zst))?$/i,
      '',
    ) || path
  );
}

/** Text of a message content: a string, or the text blocks of a list. */
export function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts: string[] = [];
  for (const block of content) {
    if (typeof block === 'string') parts.push(block);
    else if (isObject(block) && typeof block['text'] === 'string') parts.push(block['text']);
  }
  return parts.length === 0 ? undefined : parts.join('\n');
}
