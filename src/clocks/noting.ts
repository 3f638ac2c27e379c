import type { Event } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import type { FirstAttempt } from './attempts.ts';
import { type KeyBeginning, keyBeginning } from './sightings.ts';

export interface ObserveContext {
  readonly domainOf: (event: Event) => string;
  readonly hostOf: (event: Event) => string | undefined;
  readonly hostOfIp: (ip: string) => string | undefined;
  readonly isProxy: (ip: string) => boolean;
  /**
   * Whether all records of its log are there that go to the same far end, or ask for the same, and not only those of some client
   * ports: then it tells something which of them this is.
   */
  readonly isNumbered: (event: Event) => boolean;
}

export type Note = (event: Event, key: string, lo: Micros, widthUs: number) => void;

export interface Put {
  /** Whether it is worth while to put such a key together. Once it is not, it never will be. */
  takes(beginning: KeyBeginning, text: string, length?: number): boolean;
  /** The same of a whole key, by its hash. */
  takesHash(beginning: KeyBeginning, hash: number): boolean;
  commandKeys(host: string): CommandKeys;
  readonly once: Note;
  readonly first: Note;
  readonly each: Note;
  readonly numbered: Note;
  readonly paired: Note;
  readonly isFirstAttempt: FirstAttempt;
}

export const width = (event: Event): number => (event.time.stepUs > 1 ? event.time.stepUs : 0);

/** Traces and sensors cut long commands: the whole text is one key, its beginnings are others. False where none is taken. */
export function command(event: Event, host: string, text: string, at: Micros, put: Put): boolean {
  const trimmed = text.trim();
  if (trimmed.length < 12) return false;
  const { whole, parts } = put.commandKeys(host);
  const isWhole = put.takes(whole, trimmed);
  let isTaken = isWhole;
  if (isWhole) put.numbered(event, whole.text + trimmed, at, width(event));
  for (const { length, beginning } of parts)
    if (trimmed.length >= length && put.takes(beginning, trimmed, length)) {
      put.paired(event, beginning.text + trimmed.slice(0, length), at, width(event));
      isTaken = true;
    }
  return isTaken;
}

interface CommandKeys {
  readonly whole: KeyBeginning;
  readonly parts: readonly { readonly length: number; readonly beginning: KeyBeginning }[];
}

const MOST_HOSTS = 10_000;

/** There are few hosts, and millions of commands. */
export function commandKeysOf(): (host: string) => CommandKeys {
  const known = new Map<string, CommandKeys>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    if (known.size >= MOST_HOSTS) known.clear();
    const part = (length: number) => ({ length, beginning: keyBeginning(`command${length}|${host}|`) });
    const keys = { whole: keyBeginning(`command|${host}|`), parts: [part(24), part(48)] };
    known.set(host, keys);
    return keys;
  };
}
