import type { Action } from '../../model/event.ts';

const DENY =
  /\b(?:log(?:n|and)?)?(?:drop(?:p(?:ed|ing))?|den(?:y|ied)|block(?:ed)?|reject(?:ed)?|ban(?:ned)?)\d*\b|\bUFW BLOCK\b|-[DR]\]?$|_(?:drop|deny|block|reject)/i;
const ALLOW = /\b(?:log(?:n|and)?)?(?:accept(?:ed)?|allow(?:ed)?|pass(?:ed)?)\d*\b|\bUFW ALLOW\b|-A\]?$/i;

/** SuSEfirewall2: `SFW2-INext-ACC-TCP`, `SFW2-FWDint-DROP-DEFLT`. */
const SUSE = /^(?:SFW2|SuSE-FW)-[\w-]*?-?(?:(ACC)|REJ)(?:EPT|ECT)?\b/;

/** What a LOG prefix says by convention. LOG itself never decides a packet: `unknown` unless the words are there. */
export function actionOfPrefix(prefix: string): Action {
  const suse = SUSE.exec(prefix);
  if (suse !== null) return suse[1] === undefined ? 'deny' : 'allow';
  const words = prefix.replace(/[-_]/g, ' ');
  if (DENY.test(prefix) || DENY.test(words)) return 'deny';
  if (ALLOW.test(prefix) || ALLOW.test(words)) return 'allow';
  return 'unknown';
}
