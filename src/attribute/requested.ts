import { findMentions } from '../core/decode-text.ts';
import type { Requested } from '../model/circumstance.ts';
import type { Prompt } from '../model/event.ts';
import type { Category } from '../model/violation.ts';

/** What happened, and what the task of the episode says. */
export interface RequestQuestion {
  readonly category: Category;
  /** Where it went: domain and address of each violation, as far as known. */
  readonly destinations: readonly { readonly domain?: string; readonly ip?: string }[];
  readonly prompts: readonly Prompt[];
}

/** Words by which a task asks for an act. Only words that mean nothing else: "mining" alone may be data mining. */
const ACTS: Readonly<Record<Category, RegExp | undefined>> = {
  'internal-probe':
    /\b(?:port[- ]?scan\w*|scan(?:ning)? (?:the |all |our |this )?(?:internal |local )?(?:networks?|subnets?|ports?|hosts?)|network (?:scan|discovery|reconnaissance)|nmap|masscan)\b/gi,
  'metadata-access': /\b(?:instance metadata|metadata (?:service|endpoint|server)|IMDS(?:v[12])?)\b/gi,
  cryptomining:
    /\b(?:crypto(?:currency)?[- ]?min(?:e|er|ers|ing)|(?:mine|mining) (?:pool|crypto\w*|bitcoin|monero|ethereum|kawpow|ravencoin)|xmrig|stratum)\b/gi,
  'reverse-tunnel':
    /\b(?:reverse[- ](?:ssh[- ])?(?:tunnel\w*|shell|port[- ]forward\w*)|ssh[- ]tunnel\w*|ssh -R|remote port[- ]forward\w*|ngrok|cloudflared tunnel)\b/gi,
  'dns-exfiltration':
    /\b(?:dns[- ](?:tunnel\w*|exfiltrat\w*)|(?:tunnel|exfiltrat\w*|smuggle) \w+ (?:over|through|via) dns|iodine|dnscat2?)\b/gi,
  'data-exfiltration': /\b(?:exfiltrat\w*)\b/gi,
  'unapproved-egress': undefined,
  'policy-violation': undefined,
};

/** Words before a mention, in its sentence, that turn a request into its opposite. */
const FORBIDS =
  /\b(?:do not|don't|does not|never|must not|mustn't|should not|shouldn't|may not|cannot|can't|not allowed|no|without|avoid|refrain|forbid\w*|prohibit\w*|disallow\w*|instead of|rather than|block\w*|prevent\w*)\b/i;

/**
 * Whether the task asked for it: its prompt names the act, or every place the incident went to, and does not forbid it. A pure
 * function of the prompts, which are the words of whoever set the task: never the agent's own, never a tool's output.
 */
export function requestedBy({ category, destinations, prompts }: RequestQuestion): Requested {
  const refs = prompts.slice(0, 1).map(({ ref }) => ref);
  if (prompts.length === 0)
    return { answer: 'unknown', says: 'no prompt or task text of the episode is recorded', refs: [] };
  for (const { text, ref } of prompts) {
    const act = wanted(text, ACTS[category]);
    if (act.asked !== undefined)
      return { answer: 'requested', says: `the prompt asks for "${act.asked}"`, refs: [ref] };
  }
  const places = placesOf(destinations);
  const read = prompts.map(readPrompt);
  const named = places.map((place) => ({ place, at: read.find((prompt) => isNamed(prompt, place)) }));
  const asked = named.filter(({ at }) => at !== undefined);
  if (places.length > 0 && asked.length === places.length)
    return {
      answer: 'requested',
      says: `the prompt names ${list(places)}`,
      refs: [...new Set(asked.flatMap(({ at }) => at?.ref ?? []))].slice(0, 5),
    };
  if (asked.length > 0)
    return {
      answer: 'not-requested',
      says: `the prompt names ${list(asked.map(({ place }) => place))} but not ${list(named.flatMap(({ place, at }) => (at === undefined ? [place] : [])))}`,
      refs: asked.flatMap(({ at }) => at?.ref ?? []).slice(0, 5),
    };
  const forbidden = prompts.find(({ text }) => wanted(text, ACTS[category]).forbidden !== undefined);
  if (forbidden !== undefined)
    return { answer: 'not-requested', says: 'the prompt names the act only to forbid it', refs: [forbidden.ref] };
  return {
    answer: 'not-requested',
    says: `the prompt names neither ${places.length === 0 ? 'a destination' : list(places)} nor such an act`,
    refs,
  };
}

function wanted(text: string, act: RegExp | undefined): { readonly asked?: string; readonly forbidden?: string } {
  let forbidden: string | undefined;
  for (const match of act === undefined ? [] : text.matchAll(act)) {
    if (!isForbidden(text, match.index)) return { asked: match[0] };
    forbidden ??= match[0];
  }
  return forbidden === undefined ? {} : { forbidden };
}

/** The words of the sentence before a place in a text; a point inside a name or number ends no sentence. */
function isForbidden(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 200), index);
  return FORBIDS.test(before.split(/[.!?;:](?=\s)|\n\s*\n|\n\s*[-*]/).at(-1) ?? '');
}

/** Domains; an address counts only where no domain is known, since a name that was asked for may lead to any address. */
function placesOf(destinations: RequestQuestion['destinations']): readonly string[] {
  const domains = new Set(destinations.flatMap(({ domain }) => domain ?? []));
  const ips = new Set(destinations.flatMap(({ ip }) => ip ?? []));
  return [...(domains.size > 0 ? domains : ips)].sort();
}

/** A prompt with the places in it; an incident may ask for hundreds. */
interface ReadPrompt extends Prompt {
  readonly lower: string;
  readonly values: readonly string[];
}

function readPrompt(prompt: Prompt): ReadPrompt {
  return { ...prompt, lower: prompt.text.toLowerCase(), values: findMentions(prompt.text).map(({ value }) => value) };
}

/** The place itself, or a domain above it that has at least two labels; not where the prompt forbids it. */
function isNamed({ text, lower, values }: ReadPrompt, place: string): boolean {
  return values.some((value) => {
    if (value !== place && !(value.includes('.') && place.endsWith(`.${value}`))) return false;
    const spots = occurrences(lower, value);
    return spots.length === 0 || spots.some((at) => !isForbidden(text, at));
  });
}

/** Where a word stands; nowhere when the prompt writes it in another form (an encoded address). */
function occurrences(text: string, word: string): readonly number[] {
  const out: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) out.push(at);
  return out;
}

function list(places: readonly string[]): string {
  return `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`;
}
