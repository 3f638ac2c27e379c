import { at, isObject, textOf, tryJson } from '../core/json.ts';
import type { Flaw } from './consistency.ts';
import { MEMBERS } from './layout.ts';
import { type Bundle, readMemberLines } from './open.ts';

/** What an attribution claims; places are left out, since the originals may lie elsewhere now. */
function claimOf(record: unknown): string {
  const part = (...path: readonly string[]): string => textOf(at(record, ...path)) ?? 'none';
  return `${part('verdict')} ${part('probability')}, episode ${part('episode', 'id')}, call ${part('toolCall', 'id')}, pid ${part('process', 'pid')}, incident ${part('incident')}`;
}

/** Holds the attributions of a bundle against those that were found again. */
export async function compareFindings(
  bundle: Bundle,
  again: Iterable<Readonly<Record<string, unknown>>>,
): Promise<{ readonly flaws: readonly Flaw[]; readonly same: number }> {
  const found = new Map<string, string>();
  for (const record of again)
    if (record['record'] === 'attribution') found.set(textOf(record['id']) ?? '', claimOf(record));
  const flaws: Flaw[] = [];
  let same = 0;
  for (const [id, claim] of await claimsOf(bundle)) {
    const now = found.get(id);
    found.delete(id);
    if (now === claim) same += 1;
    else if (now === undefined)
      flaws.push({ kind: 'added', where: id, says: 'the originals do not lead to this violation' });
    else flaws.push({ kind: 'altered', where: id, says: `the bundle claims ${claim}; the originals lead to ${now}` });
  }
  for (const id of found.keys())
    flaws.push({
      kind: 'missing',
      where: id,
      says: 'the originals lead to this violation, the bundle does not hold it',
    });
  return { flaws, same };
}

async function claimsOf(bundle: Bundle): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  const member = bundle.members.get(MEMBERS.json);
  if (member === undefined) return out;
  await readMemberLines(bundle.path, member, (text) => {
    const record = tryJson(text);
    if (isObject(record) && record['record'] === 'attribution') out.set(textOf(record['id']) ?? '', claimOf(record));
  });
  return out;
}
