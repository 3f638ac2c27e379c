import { findMentions } from '../../core/network/decode-text.ts';
import { remembered } from '../../core/text/remembered.ts';
import type { Origin } from './lineage.ts';
import type { Process } from './process.ts';

/** Many processes are started with the same words. */
const domainsIn = remembered((text: string): readonly string[] =>
  findMentions(text).flatMap(({ kind, value }) => (kind === 'domain' ? [value] : [])),
);

/**
 * Whether a process that asked the resolver can have asked for one of these names: it names one, or none at all. What it was
 * started with tells, else the call that started it.
 */
export function mayAskFor({ execs }: Process, { call }: Pick<Origin, 'call'>, names: ReadonlySet<string>): boolean {
  const texts = execs.length > 0 ? execs.map(({ text }) => text) : [call?.command ?? ''];
  const named = texts.flatMap(domainsIn);
  return names.size === 0 || named.length === 0 || named.some((name) => isOneOf(names, name));
}

/** A name is asked for as it stands, with labels made at run time before it, or with a search domain behind it. */
function isOneOf(names: ReadonlySet<string>, named: string): boolean {
  for (const name of names)
    if (name === named || name.endsWith(`.${named}`) || name.startsWith(`${named}.`)) return true;
  return false;
}
