import { hashBehind, hashOfId, isUniqueId } from '../tools/unique-id.ts';
import { type CallLog, glance } from './columns.ts';
import type { IdFacts } from './ids.ts';

/** What is told of the ids of any calls. */
export function idFactsOf(calls: CallLog): IdFacts {
  if (calls.ids !== undefined) return calls.ids;
  const idOf = (row: number): string | undefined => glance(calls, row)?.callId;
  return {
    has: (row) => idOf(row) !== undefined,
    isUnique: (row) => isUniqueId(idOf(row) ?? ''),
    hash: (row) => {
      const id = idOf(row);
      return id === undefined ? 0 : hashOfId(id);
    },
    hashBehind: (row, before) => hashBehind(before, idOf(row) ?? ''),
    length: (row) => idOf(row)?.length ?? 0,
  };
}
