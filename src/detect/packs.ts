import { createHash } from 'node:crypto';
import cryptomining from './packs/cryptomining.json' with { type: 'json' };
import dataExfiltration from './packs/data-exfiltration.json' with { type: 'json' };
import dnsExfiltration from './packs/dns-exfiltration.json' with { type: 'json' };
import internalProbe from './packs/internal-probe.json' with { type: 'json' };
import metadataAccess from './packs/metadata-access.json' with { type: 'json' };
import reverseTunnel from './packs/reverse-tunnel.json' with { type: 'json' };
import sensorVerdicts from './packs/sensor-verdicts.json' with { type: 'json' };
import unapprovedEgress from './packs/unapproved-egress.json' with { type: 'json' };
import type { Rule, RulePack } from './schema.ts';

/** The packs that ship with the program. A test holds them against the schema: a run does not check them again. */
export const rulePacks = [
  cryptomining,
  dataExfiltration,
  dnsExfiltration,
  internalProbe,
  metadataAccess,
  reverseTunnel,
  sensorVerdicts,
  unapprovedEgress,
] as unknown as readonly RulePack[];

export type RuleDescription = Pick<
  Rule,
  'id' | 'name' | 'category' | 'severity' | 'strength' | 'attack' | 'atlas' | 'references'
> & {
  readonly pack: string;
  /** Where the rule looks: verdict, dns, proxy, traffic, command. */
  readonly surfaces: readonly string[];
};

/** One row a rule, for listings. */
export function describeRules(packs: readonly RulePack[]): readonly RuleDescription[] {
  return packs.flatMap((pack) =>
    pack.rules.map(({ id, name, category, severity, strength, attack, atlas, references, any }) => ({
      id,
      name,
      pack: pack.id,
      category,
      severity,
      strength,
      attack,
      atlas,
      references,
      surfaces: [...new Set(any.flatMap(({ on }) => on))].sort(),
    })),
  );
}

/** SHA-256 of each pack as JSON without blanks: which rules a report was made with. */
export function rulePackHashes(
  packs: readonly RulePack[],
): readonly { readonly id: string; readonly sha256: string }[] {
  return packs.map((pack) => ({
    id: pack.id,
    sha256: createHash('sha256').update(JSON.stringify(pack)).digest('hex'),
  }));
}
