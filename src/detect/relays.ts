import type { DnsEvent } from '../model/event.ts';

/** Names kept, queried and forwarded together. Only names that break a rule are noted, so real inputs stay far below. */
const CAPACITY = 100_000;

export interface RelayLedger {
  note(event: DnsEvent): void;
  isRelayed(event: DnsEvent): boolean;
}

/** Which logs passed a name on, and which logs were the last to hear of it. */
export function createRelayLedger(): RelayLedger {
  const queried = new Map<string, Set<string>>();
  const forwarded = new Map<string, Set<string>>();
  let kept = 0;
  return {
    note({ op, name, ref }) {
      const ledger = op === 'forward' ? forwarded : queried;
      const key = name.toLowerCase();
      const sources = ledger.get(key);
      if (sources !== undefined) sources.add(ref.source);
      else if (kept++ < CAPACITY) ledger.set(key, new Set([ref.source]));
    },
    isRelayed({ op, name, ref }) {
      if (op !== 'query') return false;
      const key = name.toLowerCase();
      const passedOn = forwarded.get(key);
      if (passedOn === undefined || !passedOn.has(ref.source)) return false;
      for (const source of queried.get(key) ?? []) if (!passedOn.has(source)) return true;
      return false;
    },
  };
}
