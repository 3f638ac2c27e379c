import { findMentions, type Mention } from '../../core/network/decode-text.ts';
import { push } from '../../core/push.ts';
import { remembered } from '../../core/text/remembered.ts';
import { isFileTool } from '../../core/tools/file-tools.ts';
import { filesWritten, runsFile } from '../../core/tools/files-written.ts';
import { isOnlySaid } from '../../core/tools/offline.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Call } from '../episodes/call.ts';
import type { Episode } from '../episodes/episodes.ts';

/** A call that names a value, and where. */
export interface CallMention {
  readonly call: Call;
  readonly mention: Mention;
  /** Set when the value stands in a file that an earlier call of the episode wrote and this call uses. */
  readonly writtenBy?: Call;
  /** The call looks for the value, prints it or writes it down, and reaches nothing by it, see `isOnlySaid`. */
  readonly isSaid: boolean;
}

/** The same by the call's place among those of its episode: few are ever asked for. */
interface Named {
  readonly episode: Episode;
  readonly call: Place;
  readonly mention: Mention;
  /** The file that an earlier call wrote it into. */
  readonly written: Written | undefined;
}

interface Written {
  readonly by: Place;
  readonly file: string;
}

interface WrittenBy {
  readonly call: Place;
  readonly mentions: readonly Mention[];
  /** What names the destination there is the download alone: who only reads the file learns nothing of it. */
  readonly isFetched: boolean;
}

/** In the order of time, or of the records where each is a call of its own. */
interface Place {
  readonly by: 'time' | 'record';
  readonly n: number;
}

/** Which calls name which addresses and domains. Worked out when it is asked for the first time. */
export class MentionTable {
  readonly #episodes: Iterable<Episode>;
  #byValue: Map<string, Named[]> | undefined;
  readonly #asked = new Map<string, readonly CallMention[]>();

  constructor(episodes: Iterable<Episode>) {
    this.#episodes = episodes;
  }

  #named(value: string): readonly Named[] | undefined {
    if (this.#byValue === undefined) {
      this.#byValue = new Map();
      for (const episode of this.#episodes)
        for (const entry of namedBy(episode)) push(this.#byValue, entry.mention.value, entry);
    }
    return this.#byValue.get(value);
  }

  #callsOf(value: string): readonly CallMention[] | undefined {
    const asked = this.#asked.get(value);
    if (asked !== undefined) return asked;
    const calls = this.#named(value)?.flatMap(mentionOf);
    if (calls !== undefined) this.#asked.set(value, calls);
    return calls;
  }

  /** Calls that name an address. */
  ofIp(ip: string): readonly CallMention[] {
    return this.#callsOf(ip) ?? [];
  }

  /** Calls that name a domain exactly, or (for generated names) its nearest parent of at least two labels. */
  ofDomain(name: string): readonly CallMention[] {
    const exact = this.#callsOf(name);
    if (exact !== undefined) return exact;
    for (let dot = name.indexOf('.'); dot >= 0; ) {
      const next = name.indexOf('.', dot + 1);
      if (next < 0) break;
      const parent = this.#callsOf(name.slice(dot + 1));
      if (parent !== undefined) return parent;
      dot = next;
    }
    return [];
  }
}

/** Many calls say the same. */
const mentionsIn = remembered(findMentions);

function namedBy(episode: Episode): readonly Named[] {
  return namedByRecords(episode) ?? namedByCalls(episode);
}

/** Without putting the calls together; undefined where that is needed, because files carry names from call to call. */
function namedByRecords(episode: Episode): readonly Named[] | undefined {
  if (!episode.calls.isSimple) return undefined;
  const out: Named[] = [];
  let n = -1;
  for (const record of episode.calls.records()) {
    n++;
    const mentions = mentionsIn(textOfCall(record));
    if (mentions.length === 0) continue;
    if (filesWritten(record.command ?? '', record.argumentsText).length > 0) return undefined;
    const call: Place = { by: 'record', n };
    for (const mention of mentions) out.push({ episode, call, mention, written: undefined });
  }
  return out;
}

function namedByCalls(episode: Episode): readonly Named[] {
  const out: Named[] = [];
  const written = new Map<string, WrittenBy>();
  for (const [n, { command, argumentsText }] of episode.calls.passing().entries()) {
    const call: Place = { by: 'time', n };
    const text = textOfCall({ command, argumentsText });
    const mentions = mentionsIn(text);
    for (const mention of mentions) out.push({ episode, call, mention, written: undefined });
    for (const [file, source] of written) {
      if (!(source.isFetched ? runsFile : usesFile)(text, file)) continue;
      for (const mention of source.mentions) out.push({ episode, call, mention, written: { by: source.call, file } });
    }
    for (const { name, isFetched } of filesWritten(command ?? '', argumentsText))
      written.set(name, { call, mentions, isFetched });
  }
  return out;
}

function mentionOf({ episode, call: place, mention, written }: Named): readonly CallMention[] {
  const call = callAt(episode, place);
  if (call === undefined) return [];
  const writer = written === undefined ? undefined : callAt(episode, written.by);
  if (written === undefined || writer === undefined) {
    const isSaid = saysOnly(call, (text) => mentionsIn(text).some(({ value }) => value === mention.value));
    return [{ call, mention, isSaid }];
  }
  return [{ call, mention, writtenBy: writer, isSaid: saysOnly(call, (text) => usesFile(text, written.file)) }];
}

/** Whether the call does no more with it than to say it. */
function saysOnly({ command, name }: Call, says: (text: string) => boolean): boolean {
  return command === undefined ? isFileTool(name) : isOnlySaid(command, says);
}

function callAt({ calls }: Episode, { by, n }: Place): Call | undefined {
  return by === 'time' ? calls.all[n] : calls.ofRecord(n);
}

function textOfCall(call: Pick<ToolCallEvent | Call, 'command' | 'argumentsText'>): string {
  return call.command === undefined
    ? (call.argumentsText ?? '')
    : call.argumentsText === undefined || call.argumentsText.includes(call.command)
      ? call.command
      : `${call.command}\n${call.argumentsText}`;
}

/** Whether the name stands somewhere in a text, as no part of a longer one. */
function usesFile(text: string, file: string): boolean {
  for (let at = text.indexOf(file); at >= 0; at = text.indexOf(file, at + 1))
    if (!isOfName(text[at - 1]) && !isOfName(text[at + file.length])) return true;
  return false;
}

function isOfName(sign: string | undefined): boolean {
  return sign !== undefined && /[\w-]/.test(sign);
}
