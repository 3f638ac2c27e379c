import { getDomain } from 'tldts';
import { findMentions } from '../core/network/decode-text.ts';
import { type Cidr, inCidr, parseCidr } from '../core/network/ip.ts';
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
    /\b(?:port[- ]?scan(?:s|ning)?|scan(?:ning)? (?:the |all |our |this )?(?:internal |local )?(?:networks?|subnets?|ports?|hosts?)|network (?:scan|discovery|reconnaissance)|nmap|masscan)\b/gi,
  'metadata-access': /\b(?:instance metadata|metadata (?:service|endpoint|server)|IMDS(?:v[12])?)\b/gi,
  cryptomining:
    /\b(?:crypto(?:currency)?[- ]?min(?:e|er|ers|ing)|(?:mine|mining) (?:pool|crypto\w*|bitcoin|monero|ethereum|kawpow|ravencoin)|xmrig|stratum)\b/gi,
  'reverse-tunnel':
    /\b(?:reverse[- ](?:ssh[- ])?(?:tunnel\w*|shell|port[- ]forward\w*)|ssh[- ]tunnel\w*|ssh -R|remote port[- ]forward\w*|ngrok|cloudflared tunnel|tailscale funnel|autossh|localtunnel|(?:open|establish|create|start|set up|dig|build) (?:an? |the )?(?:\w+ )?tunnels?)\b/gi,
  'dns-exfiltration':
    /\b(?:dns[- ](?:tunnel\w*|exfiltrat\w*)|(?:tunnel|exfiltrat\w*|smuggle) \w+ (?:over|through|via) dns|iodine|dnscat2?)\b/gi,
  'data-exfiltration': /\b(?:exfiltrat\w*)\b/gi,
  'unapproved-egress': undefined,
  'policy-violation': undefined,
};

/** Words that turn the rest of their sentence into its opposite. */
const FORBIDS =
  /\b(?:do not|don't|does not|doesn't|never|must not|mustn't|should not|shouldn't|shall not|may not|cannot|can't|(?:not|n't) (?:be )?(?:allowed|permitted|supposed)|under no circumstances|refrain|forbid\w*|prohibit\w*|disallow\w*|stay away|keep away)\b/i;
/** Words that do so up to the next comma only: "if there is no proxy, use ..." asks for it. */
const FORBIDS_CLAUSE =
  /\b(?:no|not|without|avoid\w*|instead of|rather than|block\w*|den(?:y|ies|ied)|ban\w*|prevent\w*)\b/i;
/** After these the sentence asks again. */
const TURNS = /\b(?:but|instead|except(?: for| to)?|other than|apart from|unless|only)\b(?! of\b)/i;
/** Said of a negation that is none: "do not forget to", "not only". */
const NO_NEGATION =
  /\b(?:(?:do not|don't|never) (?:forget|hesitate|fail|worry|be afraid)|cannot wait|no (?:later|less|fewer|more) than|not only|no matter|no problem)\b/gi;
/** Behind a mention, in its sentence: "... is off limits". */
const FORBIDDEN_AFTER =
  /^[^,]{0,80}?\b(?:(?:is|are|be|was|were|remains?) (?:strictly |explicitly )?(?:forbidden|prohibited|off[- ]limits|blocked|disallowed|banned|out of scope|not (?:allowed|permitted|to be))|(?:must|should|may|can|shall)(?: not|n't)|cannot|never)\b/i;
/** A task about an act is no task to do it: "detect crypto miners". */
const ABOUT =
  /\b(?:detect|identif|recogni[sz]|remov|kill|stop|mitigat|defend|protect|guard|investigat|analy[sz]|classif|explain|describ|document|pars)\w*\b/i;

/**
 * Whether the task asked for it: its prompt names the act, or every place the incident went to, and does not forbid it. A pure
 * function of the prompts, which are the words of whoever set the task: never the agent's own, never a tool's output.
 */
export function requestedBy({ category, destinations, prompts }: RequestQuestion): Requested {
  const [first] = prompts;
  if (first === undefined)
    return { answer: 'unknown', says: 'no prompt or task text of the episode is recorded', refs: [] };
  const acts = prompts.map(({ text, ref }) => ({ ref, act: wanted(text, ACTS[category]) }));
  const places = placesOf(destinations);
  const none = `the prompt names neither ${places.length === 0 ? 'a destination' : list(places)} nor such an act`;
  return (
    askedFor(acts) ??
    byPlaces(places, prompts) ??
    notAskedFor(acts) ?? { answer: 'not-requested', says: none, refs: [first.ref] }
  );
}

/** How one prompt speaks of the act. */
interface Act {
  readonly ref: Prompt['ref'];
  readonly act: Readonly<Wanted>;
}

function askedFor(acts: readonly Act[]): Requested | undefined {
  const asks = acts.find(({ act }) => act.asked !== undefined);
  if (asks === undefined) return undefined;
  const isForbiddenToo = acts.some(({ act }) => act.forbidden !== undefined);
  const says = `the prompt asks for "${asks.act.asked}"${isForbiddenToo ? ', and elsewhere forbids it' : ''}`;
  return { answer: 'requested', says, refs: [asks.ref] };
}

function notAskedFor(acts: readonly Act[]): Requested | undefined {
  const forbids = acts.find(({ act }) => act.forbidden !== undefined);
  if (forbids !== undefined)
    return { answer: 'not-requested', says: 'the prompt names the act only to forbid it', refs: [forbids.ref] };
  const about = acts.find(({ act }) => act.about !== undefined);
  if (about === undefined) return undefined;
  const says = `the prompt speaks of "${about.act.about}", but does not ask for it`;
  return { answer: 'not-requested', says, refs: [about.ref] };
}

/** What the prompts say of the places alone; undefined where they name none. */
function byPlaces(places: readonly string[], prompts: readonly Prompt[]): Requested | undefined {
  const read = prompts.map(readPrompt);
  const named = places.map((place) => ({ place, at: read.find((prompt) => isNamed(prompt, place)) }));
  const asked = named.filter(({ at }) => at !== undefined);
  if (asked.length === 0) return undefined;
  const refs = asked.flatMap(({ at }) => at?.ref ?? []);
  if (asked.length === places.length)
    return {
      answer: 'requested',
      says: `the prompt names ${list(places)}`,
      refs: [...new Set(refs)].slice(0, MOST_REFS),
    };
  const others = named.filter(({ at }) => at === undefined);
  const says = `the prompt names ${list(asked.map(({ place }) => place))} but not ${list(others.map(({ place }) => place))}`;
  return { answer: 'not-requested', says, refs: refs.slice(0, MOST_REFS) };
}

/** Records that one answer cites. */
const MOST_REFS = 5;

/** How a text speaks of an act; the first words of each way. */
interface Wanted {
  asked?: string;
  forbidden?: string;
  about?: string;
}

function wanted(text: string, act: RegExp | undefined): Readonly<Wanted> {
  const found: Wanted = {};
  for (const match of act === undefined ? [] : text.matchAll(act)) {
    const way = isForbidden(text, match.index, match[0].length)
      ? 'forbidden'
      : ABOUT.test(clauseBefore(text, match.index))
        ? 'about'
        : 'asked';
    found[way] ??= match[0];
  }
  return found;
}

/** Whether the sentence around a place in a text forbids it. */
function isForbidden(text: string, index: number, length: number): boolean {
  const before = sentenceBefore(text, index).replace(NO_NEGATION, ' ');
  const turn = [...before.matchAll(new RegExp(TURNS, 'gi'))].at(-1);
  const open = turn === undefined ? before : before.slice(turn.index + turn[0].length);
  if (FORBIDS.test(open) || FORBIDS_CLAUSE.test(open.split(',').at(-1) ?? '')) return true;
  const after = text.slice(index + length, index + length + 120).replaceAll('\u2019', "'");
  return FORBIDDEN_AFTER.test(after.split(SENTENCE_END)[0] ?? '');
}

/** A point inside a name or number ends no sentence. */
const SENTENCE_END = /[.!?;:](?=\s|$)|\n\s*\n|\n\s*[-*]/;

function sentenceBefore(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - 200), index).replaceAll('\u2019', "'");
  return before.split(SENTENCE_END).at(-1) ?? '';
}

function clauseBefore(text: string, index: number): string {
  return sentenceBefore(text, index).split(',').at(-1) ?? '';
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
  readonly blocks: readonly Block[];
}

/** A range of addresses as the prompt writes it: `10.20.8.0/24`. */
interface Block {
  readonly text: string;
  readonly range: Cidr;
}

/** `0.0.0.0/0` names no place. */
const MIN_PREFIX = 8;
const CIDR = /(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}(?![\w.])/g;

function readPrompt(prompt: Prompt): ReadPrompt {
  const lower = prompt.text.toLowerCase();
  const blocks = [...lower.matchAll(CIDR)].flatMap(([text]) => {
    const range = parseCidr(text);
    return range === undefined || Number(text.split('/')[1]) < MIN_PREFIX ? [] : [{ text, range }];
  });
  return { ...prompt, lower, values: findMentions(prompt.text).map(({ value }) => value), blocks };
}

/** The place itself, a domain above it that someone can own, or a range around it; not where the prompt forbids it. */
function isNamed({ text, lower, values, blocks }: ReadPrompt, place: string): boolean {
  const names = values.filter((value) => value === place || (isOwnable(value) && place.endsWith(`.${value}`)));
  const ranges = blocks.filter(({ range }) => inCidr(place, range)).map((block) => block.text);
  return [...names, ...ranges].some((value) => {
    const spots = occurrences(lower, value);
    return spots.length === 0 || spots.some((at) => !isForbidden(text, at, value.length));
  });
}

/** Not `co.uk` or `github.io`, below which anyone has a name. */
function isOwnable(domain: string): boolean {
  return getDomain(domain, { allowPrivateDomains: true }) !== null;
}

/** Where a word stands by itself; nowhere when the prompt writes it in another form (an encoded address). */
function occurrences(text: string, word: string): readonly number[] {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [...text.matchAll(new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\w)`, 'g'))].map(({ index }) => index);
}

function list(places: readonly string[]): string {
  return `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`;
}
