import { describe, expect, it } from 'vitest';
import { similarIds, similarWord } from '../../../src/core/text/similar.ts';

const known = [
  { id: 'auditd', title: 'Linux audit log' },
  { id: 'falco', title: 'Falco alerts' },
  { id: 'falcon', title: 'CrowdStrike Falcon sensor events' },
  { id: 'k8s-audit', title: 'Kubernetes audit log' },
  { id: 'snort-fast', title: 'Snort alert_fast' },
  { id: 'suricata-eve', title: 'Suricata EVE JSON' },
  { id: 'suricata-fast', title: 'Suricata fast.log for people' },
];

describe('similarIds', () => {
  it.each<[string, string, readonly string[]]>([
    ['a part that is right', 'suricata', ['suricata-eve', 'suricata-fast']],
    ['a part that is nearly right', 'suricatta', ['suricata-eve', 'suricata-fast']],
    ['the whole, mistyped', 'suricata-evee', ['suricata-eve']],
    ['two that are alike, the nearest first', 'falcoo', ['falco', 'falcon']],
    ['a part before a whole that is farther', 'audit', ['k8s-audit', 'auditd']],
    ['a word of a title alone', 'crowdstrike', ['falcon']],
    ['a short word of a title says nothing', 'for', []],
    ['nothing alike', 'zzz', []],
  ])('%s', (_, word, ids) => {
    expect(similarIds(word, known)).toEqual(ids);
  });
});

describe('similarWord', () => {
  it.each<[string, string | undefined]>([
    ['-output', '--output'],
    ['x', undefined],
    ['ot', undefined],
  ])('%s', (word, meant) => {
    expect(similarWord(word, ['--output', 'af', 'to'])).toBe(meant);
  });
});
