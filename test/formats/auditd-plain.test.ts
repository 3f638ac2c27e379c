import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixes } from '../../bench/nights/lines.mjs';
import { sockaddrHex } from '../../src/core/network/sockaddr.ts';
import { anyHead, readFields, unhex } from '../../src/formats/auditd/fields.ts';
import { STRINGS } from '../../src/formats/auditd/group.ts';
import { plainCall, plainHead, plainValue } from '../../src/formats/auditd/plain.ts';
import type { AuditRecord } from '../../src/formats/auditd/record.ts';

const CALL =
  'type=SYSCALL msg=audit(1795464000.000:1000): arch=c000003e syscall=42 success=no exit=-115 a0=3 a1=7ffc a2=10 a3=0 items=0 ppid=20008 pid=30000 auid=4294967295 uid=20008 gid=20003 euid=20003 suid=20003 fsuid=20003 egid=20003 sgid=20003 fsgid=20003 tty=(none) ses=4294967295 comm="python3" exe="/usr/bin/python3.12"';
const ENRICHED =
  '\u001dARCH=x86_64 SYSCALL=connect AUID="unset" UID="a b" GID="g" EUID="e" SUID="s" FSUID="f" EGID="e" SGID="s" FSGID="f"';
const LINES = [
  ...(mixes['auditd'] ?? []).flatMap((log) =>
    Array.from({ length: 40 }, (_, n) => {
      const sandbox = { id: 'rock-1', host: 'train-01', ip: '10.66.1.10', pid: 20001 };
      return log
        .line({ n, at: 1.7e15 + n * 1e6, sandbox, alert: false, random: () => ((n * 7919) % 97) / 97 })
        .split('\n');
    }).flat(),
  ),
  `${CALL} key="rock_net"`,
  `node=train-01.example ${CALL} subj=unconfined key=(null)${ENRICHED}`,
  `${CALL.replace('comm="python3"', 'comm=707974686F6E2033')} key=61016`,
  'type=SOCKADDR msg=audit(1795464000.000:1000): saddr=020001BBC00002010000000000000000\u001dSADDR={ saddr_fam=inet laddr=192.0.2.1 lport=443 }',
  'type=CWD msg=audit(1795464000.000:1000): cwd="/repo"',
  'type=PROCTITLE msg=audit(1795464000.000:1000): proctitle=707974686F6E33002D63',
  'type=PROCTITLE msg=audit(1795464000.000:1000): proctitle="sh"',
];

const PIECES = [
  '=',
  '"',
  "'",
  ' ',
  '\u001d',
  '(null)',
  '?',
  ' pid=7',
  'saddr=02',
  ' comm=',
  '\u00a0',
  '0',
  'F',
  ':',
  ')',
];
/** A line, or what is left of it when something was cut out and put in, or put behind. */
const written = fc
  .tuple(fc.constantFrom(...LINES), fc.nat(), fc.nat(3), fc.constantFrom('', ...PIECES), fc.constantFrom('', ...LINES))
  .map(([line, at, length, piece, other]) => {
    const from = at % (line.length + 1);
    return line.slice(0, from) + piece + line.slice(from + length) + (at % 5 === 0 ? other : '');
  });

describe('audit records that are written as the daemon writes them', () => {
  it('have the head that any way of reading finds, or are left to that (property)', () => {
    const withoutMark = ({ mark: _, ...head }: Partial<AuditRecord>): object => head;
    for (const line of LINES) expect(withoutMark(plainHead(line) ?? {}), line).toEqual(anyHead(line));
    const heads = LINES.slice(-7).map((line) => plainHead(line));
    fc.assert(
      fc.property(written, (line) => {
        for (const before of [undefined, ...heads]) {
          const plain = plainHead(line, before);
          if (plain !== undefined) expect(withoutMark(plain)).toEqual(anyHead(line));
          expect(plain === undefined).toBe(plainHead(line) === undefined);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('have the fields that any way of reading finds, or are left to that (property)', () => {
    const expectSame = (line: string): boolean => {
      const body = line.replace(/^.*?\): /s, '');
      const all = readFields(body, STRINGS);
      const call = plainCall(body, unhex);
      for (const [name, value] of Object.entries(call ?? {})) expect(value, `${name} of ${line}`).toBe(all[name]);
      const values = ['cwd', 'saddr', 'proctitle'].map((name) => [name, plainValue(body, name)] as const);
      for (const [name, value] of values) {
        if (value === undefined) continue;
        expect(value.isHex && STRINGS.has(name) ? unhex(value.text) : value.text, line).toBe(all[name]);
      }
      return call !== undefined || values.some(([, value]) => value !== undefined);
    };
    for (const line of LINES) if (!/type=(?:EXECVE|PATH)/.test(line)) expect(expectSame(line), line).toBe(true);
    fc.assert(
      fc.property(written, (line) => void expectSame(line)),
      { numRuns: 2000 },
    );
  });

  it('name the address that any way of reading finds (property)', () => {
    const digit = fc.constantFrom(...'0123456789abcdefABCDEF');
    const hex = fc.array(fc.oneof({ weight: 60, arbitrary: digit }, fc.constantFrom('g', ' ')), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom('0200', '0002', '0a00', ''), hex, (family, rest) => {
        const text = family + rest.join('');
        // In the other byte order no plain address begins so.
        const swapped = text.replace(/^0200/, '0002');
        expect(sockaddrHex(text)).toEqual(sockaddrHex(swapped));
      }),
      { numRuns: 500 },
    );
    expect(sockaddrHex('020001bbC0000201')).toEqual({ ip: '192.0.2.1', port: 443 });
  });
});
