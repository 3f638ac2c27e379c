import { findMentions, type Mention } from '../core/decode-text.ts';
import { push } from '../core/push.ts';
import type { Call } from './calls.ts';
import type { Episode } from './episodes.ts';

/** A call that names a value, and where. */
export interface CallMention {
  readonly call: Call;
  readonly mention: Mention;
  /** Set when the value stands in a file that an earlier call of the episode wrote and this call uses. */
  readonly writtenBy?: Call;
}

/** The same by the calls' places in their episode: few are ever asked for. */
interface Named {
  readonly episode: Episode;
  readonly call: number;
  readonly mention: Mention;
  readonly writtenBy: number | undefined;
}

/** Which calls name which addresses and domains. */
export class MentionTable {
  readonly #byValue = new Map<string, Named[]>();
  readonly #asked = new Map<string, readonly CallMention[]>();

  /** `calls`: those of the episode, in the order of time. */
  add(episode: Episode, calls: readonly Call[]): void {
    const written = new Map<string, { call: number; mentions: readonly Mention[] }>();
    for (const [i, call] of calls.entries()) {
      const text = textOfCall(call);
      const mentions = findMentions(text);
      for (const mention of mentions) this.#add({ episode, call: i, mention, writtenBy: undefined });
      for (const [file, source] of written) {
        if (!usesFile(text, file)) continue;
        for (const mention of source.mentions) this.#add({ episode, call: i, mention, writtenBy: source.call });
      }
      for (const file of filesWritten(call.command ?? '', call.argumentsText)) written.set(file, { call: i, mentions });
    }
  }

  #add(entry: Named): void {
    push(this.#byValue, entry.mention.value, entry);
  }

  #callsOf(value: string): readonly CallMention[] | undefined {
    const asked = this.#asked.get(value);
    if (asked !== undefined) return asked;
    const calls = this.#byValue.get(value)?.flatMap(mentionOf);
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

function mentionOf({ episode, call: at, mention, writtenBy }: Named): readonly CallMention[] {
  const call = episode.calls.all[at];
  if (call === undefined) return [];
  const writer = writtenBy === undefined ? undefined : episode.calls.all[writtenBy];
  return [writer === undefined ? { call, mention } : { call, mention, writtenBy: writer }];
}

function textOfCall(call: Call): string {
  return call.command === undefined
    ? (call.argumentsText ?? '')
    : call.argumentsText === undefined || call.argumentsText.includes(call.command)
      ? call.command
      : `${call.command}\n${call.argumentsText}`;
}

/** Paths that a command writes: redirections, `-o`, `-O`, `tee`; and the path argument of an editor tool. */
function filesWritten(command: string, argumentsText: string | undefined): readonly string[] {
  const files = new Set<string>();
  for (const match of command.matchAll(
    /(?:>>?\s*|\s-[oO]\s+|--output[= ]|\btee\s+(?:-a\s+)?)(['"]?)([\w./~-]{3,200})\1/g,
  )) {
    const file = match[2];
    if (file !== undefined && !file.startsWith('/dev/')) files.add(baseName(file));
  }
  if (argumentsText !== undefined) {
    const path = /"(?:path|file_path|file|filename)"\s*:\s*"([^"]{2,300})"/.exec(argumentsText)?.[1];
    if (path !== undefined && /"(?:content|file_text|new_str|text|code)"/.test(argumentsText))
      files.add(baseName(path));
  }
  return [...files].filter((file) => file.length >= 3);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function usesFile(text: string, file: string): boolean {
  const at = text.indexOf(file);
  if (at < 0) return false;
  const before = text[at - 1];
  const after = text[at + file.length];
  return !(before !== undefined && /[\w-]/.test(before)) && !(after !== undefined && /[\w-]/.test(after));
}
