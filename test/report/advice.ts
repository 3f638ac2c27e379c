import type { Advice } from '../../src/model/advice.ts';
import type { PolicyAdvice } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';

/** A policy of which every text that a log can hold is `text`. */
export function policyOf(text: string): PolicyAdvice {
  const places = [{ place: text, count: 3, incidents: ['i-00000000'] }];
  return {
    is: 'suggested',
    says: `1 deny rule: ${text}`,
    good: 9,
    changes: [{ says: `deny to ${text}`, stops: 2, breaks: 3, breaking: places, incidents: ['i-00000000'] }],
    remaining: places,
    leftOut: 1,
    file: { format: 'nftables', text: `# ${text}\n`, unexpressed: [text], otherFormats: ['squid', 'json'] },
  };
}

export function adviceOn(report: Report, policy: PolicyAdvice = policyOf('203.0.113.9')): Advice {
  const batches = [{ run: 'run-1', step: 4, group: undefined, before: 16, after: 15 }];
  return { quarantine: quarantineOf(report, 'likely'), batches, rollouts: 'rollouts.jsonl', policy };
}
