import type { Suspect } from '../model/case.ts';

interface Share {
  readonly suspect: Suspect;
  readonly probability: number;
}

/**
 * Processes that connected to the destination at one moment, and of which no source port tells which opened the flow, have equal shares:
 * that the call of one is recorded, and that of another is not, says nothing of whose the flow is.
 */
export function evenlyShared<T extends Share>(scored: readonly T[]): readonly T[] {
  const shares = new Map<string, number>();
  for (const { suspect, probability } of scored) {
    const key = tiedProcess(suspect);
    if (key !== undefined && probability > 0) shares.set(key, (shares.get(key) ?? 0) + probability);
  }
  if (shares.size < 2) return scored;
  const each = [...shares.values()].reduce((sum, share) => sum + share, 0) / shares.size;
  return scored.map((one) => {
    const share = shares.get(tiedProcess(one.suspect) ?? '');
    return share === undefined ? one : { ...one, probability: (one.probability * each) / share };
  });
}

/** The process that only the moment ties to the flow; undefined where something else does, or speaks against it. */
function tiedProcess({ process, facts }: Suspect): string | undefined {
  if (
    process === undefined ||
    !facts.some(({ code, strength }) => code === 'socket-owner' && strength === 'destination')
  )
    return undefined;
  if (facts.some(({ code }) => code.endsWith('-excludes'))) return undefined;
  return `${process.host ?? ''}|${process.pid ?? process.entityId ?? ''}`;
}
