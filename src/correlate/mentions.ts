import { findMentions, type Mention } from '../core/decode-text.ts';
import { push } from '../core/push.ts';
import type { Call, EpisodeTable } from './episodes.ts';

/** A call that names a value, and where. */
export interface CallMention {
  readonly call: Call;
  readonly mention: Mention;
  /** Set when the value stands in a file that an earlier call of the episode wrote and this call uses. */
  readonly writtenBy?: Call;
}

/** Which calls name which addresses and domains. */
export class MentionTable {
  readonly #byValue = new Map<string, CallMention[]>();

  constructor(episodes: EpisodeTable) {
    for (const episode of episodes.episodes.values()) this.#addEpisode(episode.calls);
  }

  #addEpisode(calls: readonly Call[]): void {
    const written = new Map<string, { call: Call; mentions: readonly Mention[] }>();
    for (const call of calls) {
      const text = textOfCall(call);
      const mentions = findMentions(text);
      for (const mention of mentions) this.#add({ call, mention });
      for (const [file, source] of written) {
        if (!usesFile(text, file)) continue;
        for (const mention of source.mentions) this.#add({ call, mention, writtenBy: source.call });
      }
      for (const file of filesWritten(call.command ?? '', call.argumentsText)) written.set(file, { call, mentions });
    }
  }

  #add(entry: CallMention): void {
    push(this.#byValue, entry.mention.value, entry);
  }

  /** Calls that name an address. */
  ofIp(ip: string): readonly CallMention[] {
    return this.#byValue.get(ip) ?? [];
  }

  /** Calls that name a domain exactly, or (for generated names) its nearest parent of at least two labels. */
  ofDomain(name: string): readonly CallMention[] {
    const exact = this.#byValue.get(name);
    if (exact !== undefined) return exact;
    const labels = name.split('.');
    for (let i = 1; i < labels.length - 1; i++) {
      const parent = this.#byValue.get(labels.slice(i).join('.'));
      if (parent !== undefined) return parent;
    }
    return [];
  }
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
