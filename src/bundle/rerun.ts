import { sha256 } from '../core/digest.ts';
import { at, isObject, type JsonObject, textOf, tryJson } from '../core/json/json.ts';
import type { Flaw } from './consistency.ts';
import { MEMBERS } from './layout.ts';
import { type Bundle, readMemberLines } from './open.ts';

interface Claim {
  /** What matters most of an attribution, to be read. */
  readonly says: string;
  /** Of all that the record states. */
  readonly sha256: string;
}

const CLAIMING: readonly unknown[] = ['attribution', 'incident'];
/** Places, since the originals may lie elsewhere now, and what other files than the originals say: a baseline, an earlier night. */
const APART: ReadonlySet<string> = new Set(['path', 'accepted', 'recurrence']);

function claimOf(record: JsonObject): Claim {
  const part = (...path: readonly string[]): string => textOf(at(record, ...path)) ?? 'none';
  const says = `${part('verdict')} ${part('probability')}, episode ${part('episode', 'id')}, call ${part('toolCall', 'id')}, pid ${part('process', 'pid')}, incident ${part('incident')}`;
  return { says, sha256: sha256(JSON.stringify(record, (key, value) => (APART.has(key) ? undefined : value))) };
}

/** Holds the attributions and incidents of a bundle against those that were found again. `madeBy`: another version than this one. */
export async function compareFindings(
  bundle: Bundle,
  again: Iterable<JsonObject>,
  madeBy: string | undefined,
): Promise<{ readonly flaws: readonly Flaw[]; readonly same: number }> {
  const found = new Map<string, Claim>();
  for (const record of again) if (CLAIMING.includes(record['record'])) found.set(idOf(record), claimOf(record));
  const flaws: Flaw[] = [];
  let same = 0;
  await readClaims(bundle, (record) => {
    const id = idOf(record);
    const now = found.get(id);
    found.delete(id);
    const says = differenceOf(claimOf(record), now, madeBy);
    if (says !== undefined) flaws.push({ kind: now === undefined ? 'added' : 'altered', where: id, says });
    else if (record['record'] === 'attribution') same += 1;
  });
  for (const id of found.keys())
    flaws.push({ kind: 'missing', where: id, says: 'the originals lead to it, the bundle does not hold it' });
  return { flaws, same };
}

function differenceOf(claim: Claim, now: Claim | undefined, madeBy: string | undefined): string | undefined {
  if (now === undefined) return 'the originals do not lead to it';
  if (now.says !== claim.says) return `the bundle claims ${claim.says}; the originals lead to ${now.says}`;
  if (now.sha256 === claim.sha256) return undefined;
  const other = madeBy === undefined ? '' : `, or egressblame ${madeBy} put them otherwise`;
  return `its facts, evidence or reasons are not those that the originals lead to${other}`;
}

function idOf(record: JsonObject): string {
  return textOf(record['id']) ?? '';
}

async function readClaims(bundle: Bundle, onRecord: (record: JsonObject) => void): Promise<void> {
  const member = bundle.members.get(MEMBERS.json);
  if (member === undefined) return;
  await readMemberLines(bundle.path, member, (text) => {
    const record = tryJson(text);
    if (isObject(record) && CLAIMING.includes(record['record'])) onRecord(record);
  });
}
