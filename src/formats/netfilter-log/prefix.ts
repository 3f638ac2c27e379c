import { actionOfPrefix } from '../../core/products/netfilter.ts';
import { remembered } from '../../core/text/remembered.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';

/** What the free text before IN= says. */
interface Said {
  readonly action: Action;
  readonly rule: NetworkEvent['rule'];
  /** As it was read, undefined where there is none. */
  readonly text: string | undefined;
}

/** A firewall has few prefixes. */
export const saidBy: (prefix: string) => Said = remembered((prefix) => {
  if (prefix === '') return { action: actionOfPrefix(prefix), rule: undefined, text: undefined };
  return zonePrefix(prefix) ?? { action: actionOfPrefix(prefix), rule: { name: prefix }, text: prefix };
});

/** A packet that returns from a ruleset has no verdict yet. */
const LETTERS = { A: 'allow', D: 'deny', R: 'deny', RET: 'unknown' } as const;

/** Zone firewalls (VyOS, UniFi) write `[RULESET-NUMBER-A]` or `[RULESET-A-NUMBER]`, some behind their name once more, or behind MAC address and model: accept, drop, reject, return. */
function zonePrefix(prefix: string): Said | undefined {
  const match =
    /^(?:[\w.-]+ |[\da-f]{12},[^:\s]{1,64}: )?\[([^\]]+?)-(?:(default|\d+)-(RET|[ADR])|(RET|[ADR])-(\d+))\]/.exec(
      prefix,
    );
  const letter = (match?.[3] ?? match?.[4]) as keyof typeof LETTERS | undefined;
  if (match?.[1] === undefined || letter === undefined) return undefined;
  return { action: LETTERS[letter], rule: { name: match[1], id: match[2] ?? match[5] ?? '' }, text: prefix };
}

/** The stamp since boot, and the thread or processor that the kernel was on, where it is built to tell (CONFIG_PRINTK_CALLER). */
const STAMP = /^(?:\[\s*\d+\.\d+\]\s*)?(?:\[ *[TC]\d+\]\s*)?/;

/** The free text as it stands in a line, without what the kernel or its reader put before it and without quotes around it. */
export function freeText(text: string): string {
  return text
    .replace(/^(?:\S+ )?kernel:\s*/, '')
    .replace(STAMP, '')
    .trim()
    .replace(/^"([^"]*)"$/, '$1')
    .trim();
}
