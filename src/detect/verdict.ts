import { remembered } from '../core/text/remembered.ts';
import type { NetworkEvent, ProcessEvent } from '../model/event.ts';
import type { ViolatingEvent } from '../model/violation.ts';

/** Packet loggers whose rule prefix is free text: the record itself holds no verdict. */
const hasPrefixes = remembered((format) => /^(netfilter|ulogd|nftables|ufw)/.test(format));

/** `NOT-ALLOWED`, `nonaccept`, `disallow`. */
const NEGATED = /(?:\bno[nt]?|\bun|\bdis)[-_ ]?(?:allow|accept|permit)/i;
const DENYING = /drop|den(?:y|ied)|reject|block|invalid|refus|forbid|unauthori|violat|alert|malicious|illegal/i;
const PASSING = /accept|allow|permit|masquerad|established/i;
/** Words that, standing alone, name a log rule that only watches. UniFi ends an accepting rule with `-A`. */
const WATCHING =
  /(?:^|[^a-z])(?:pass|passed|[sd]?nat|trace|audit|debug|new|monitor|count|stat|stats)(?:[^a-z]|$)|-A\]?[:\s]*$/i;

/** Does a LOG rule with this prefix state a policy hit? A name without a verdict word does: somebody wrote the rule to see it. */
const isPolicyPrefix = remembered((prefix) => {
  if (prefix.trim() === '') return false;
  if (NEGATED.test(prefix) || DENYING.test(prefix)) return true;
  return !PASSING.test(prefix) && !WATCHING.test(prefix);
});

/** Has a sensor itself ruled against this event? */
export function isVerdict(event: ViolatingEvent): boolean {
  if (event.kind === 'network') return isNetworkVerdict(event);
  if (event.kind === 'dns') return event.op !== 'forward' && (event.action === 'deny' || event.action === 'alert');
  return isProcessVerdict(event);
}

function isNetworkVerdict(event: NetworkEvent): boolean {
  // 407 asks the client to log in; the same request follows with credentials.
  if (event.type === 'proxy' && event.http?.status === 407) return false;
  if (event.action === 'deny' || event.action === 'alert') return true;
  if (event.type === 'alert' || event.type === 'finding') return true;
  if (event.type !== 'packet' || event.action !== 'unknown' || !hasPrefixes(event.format)) return false;
  const prefix = event.rule?.name ?? event.rule?.id;
  return prefix !== undefined && isPolicyPrefix(prefix);
}

function isProcessVerdict(event: ProcessEvent): boolean {
  return event.op === 'alert' || event.action === 'deny' || event.action === 'alert';
}
