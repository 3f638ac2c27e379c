import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactByRules } from '../../../src/core/text/redact.ts';

const SECRET = 'Zk3vQp9sXw71';

describe('secrets are taken out', () => {
  it.each([
    [`export AWS_SECRET_ACCESS_KEY=${SECRET} && run`, 'export AWS_SECRET_ACCESS_KEY=[redacted] && run'],
    [`DB_PASSWORD="${SECRET}"`, 'DB_PASSWORD="[redacted]"'],
    [`{"password":"${SECRET}"}`, '{"password":"[redacted]"}'],
    [`{"arguments":"{\\"api_key\\": \\"${SECRET}\\"}"}`, '{"arguments":"{\\"api_key\\": \\"[redacted]\\"}"}'],
    [`{"authorization": "Basic ${SECRET}"}`, '{"authorization": "Basic [redacted]"}'],
    [`Authorization: Bearer ${SECRET}`, 'Authorization: Bearer [redacted]'],
    [`mc --password ${SECRET} ls`, 'mc --password [redacted] ls'],
    [`sshpass -p ${SECRET} ssh ops@203.0.113.7 -p 2222`, 'sshpass -p [redacted] ssh ops@203.0.113.7 -p 2222'],
    [`curl -s -u bob:${SECRET} http://192.0.2.9:8080/x`, 'curl -s -u bob:[redacted] http://192.0.2.9:8080/x'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

it('keeps hosts and ports, also beside a secret', () => {
  // What stands behind the name of a secret and a colon is one, also where a host bears that name.
  const domain = fc.domain().filter((name) => !/\b(?:password|passwd|pwd)$/i.test(name));
  const host = fc.oneof(fc.ipV4(), domain);
  const secret = fc.stringMatching(/^[A-Za-z0-9]{4,20}$/);
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), secret, (name, port, word) => {
      for (const text of [
        `curl http://bob:${word}@${name}:${port}/x`,
        `ssh -R 0.0.0.0:2222:localhost:22 -p ${port} ops@${name}`,
        `API_KEY=${word} ./send ${name}:${port}`,
        `{"cmd":"nc ${name} ${port}","password":"${word}"}`,
      ]) {
        expect(redact(text)).toContain(name);
        expect(redact(text)).toContain(String(port));
      }
      expect(redact(`curl http://bob:${word}@${name}:${port}/x`)).toContain(`:[redacted]@${name}:${port}`);
    }),
  );
});

it('a text without the sign of a secret holds none (property)', () => {
  const name = fc.constantFrom(
    'key',
    'api_key',
    'access-key-id',
    'secretkey',
    'client_secret',
    'auth-token',
    'passwd',
    'pwd',
  );
  const before = fc.oneof(
    name.map((word) => `${word}=`),
    fc.constantFrom('authorization: ', 'bearer ', ' --token ', ' -api-key=', 'sshpass -p ', 'curl -u bob:', 'a://bob:'),
    fc.constantFrom('AKIA', 'ASIA', 'LTAI', 'ghp_', 'github_pat_', 'glpat-', 'xoxb-', 'sk-', 'hf_', 'npm_', 'AIza'),
    fc.constantFrom('-----BEGIN PRIVATE KEY-----', `eyJ${SECRET}.eyJ${SECRET}.`),
  );
  const cased = fc.tuple(before, fc.boolean()).map(([text, isUpper]) => (isUpper ? text.toUpperCase() : text));
  const secret = fc.stringMatching(/^[A-Z0-9]{16,40}$/);
  const piece = fc.oneof(cased, before, secret, fc.constantFrom('@', ' ', '"', '; '), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join('');
      expect(redact(text)).toBe(redactByRules(text));
    }),
    { numRuns: 2000 },
  );
});
