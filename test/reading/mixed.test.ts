import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gather } from '../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'mixed-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const packet = (n: number): string =>
  `Nov 23 17:19:0${n % 10} fw kernel: [  ${n}.000001] FW-DROP IN=eth0 OUT=eth1 SRC=10.66.1.2 DST=192.0.2.9 LEN=60 PROTO=TCP SPT=${40_000 + n} DPT=443 SEQ=${n}\n`;
const query = (n: number): string => `Nov 23 17:19:0${n} ns1 dnsmasq[77]: query[A] h${n}.example from 10.66.1.2\n`;
const stranger = (n: number): string => `Nov 23 17:19:0${n % 10} fw backup[${n}]: went well\n`;
const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('');

/** What became of the records of one file. */
async function read(text: string | Buffer) {
  const dir = mkdtempSync(join(work, 'x-'));
  writeFileSync(join(dir, 'all.log'), text);
  const { inputs } = await gather({ paths: [dir], cwd: dir, year: 2026 }, 'all');
  return inputs[0];
}

const sample = (path: string): string => readFileSync(join(import.meta.dirname, '../../src/formats', path), 'utf8');
const alert = JSON.stringify({
  timestamp: '2026-11-23T17:19:03.543000+0000',
  event_type: 'alert',
  src_ip: '10.66.1.2',
  src_port: 40000,
  dest_ip: '192.0.2.9',
  dest_port: 443,
  proto: 'TCP',
  alert: { action: 'allowed', gid: 1, signature_id: 1, rev: 1, signature: 's', category: 'c', severity: 1 },
});

describe('several logs in one file', () => {
  it("lines of other programs in the kernel's log are offered to other formats", async () => {
    const file = await read(many(400, packet) + many(5, query) + many(40, stranger) + many(5, query));
    expect(file?.mixed).toEqual({ 'netfilter-log': 400, dnsmasq: 10 });
    expect(file?.skipped).toEqual({ 'line of another program': 40 });
  });

  it('lines of both families of Cisco firewalls are each read as its own', async () => {
    const asa = sample('cisco-asa/samples/basic.log');
    const ftd =
      'Nov 23 17:19:04 ftd1 %FTD-1-430002: AccessControlRuleAction: Block, SrcIP: 10.66.1.2, DstIP: 192.0.2.9, SrcPort: 40000, DstPort: 443, Protocol: tcp\n';
    const file = await read(asa + many(2, () => ftd));
    expect(file?.mixed).toMatchObject({ 'cisco-ftd': 2 });
  });

  it('leases among the queries of an Infoblox appliance are leases', async () => {
    const file = await read(sample('infoblox-nios/samples/basic.log'));
    expect(file?.mixed).toEqual({ 'infoblox-nios': 4, 'dhcpd-syslog': 1 });
  });

  it('a program that no format knew at first is asked for no more than it has lines of another kind', async () => {
    const file = await read(many(400, packet) + many(100, stranger) + many(5, query));
    expect(file?.mixed).toEqual({ 'netfilter-log': 400, dnsmasq: 5 });
  });

  it('lines of other programs among those of a server are counted as such, but for what may be a verdict and damaged lines of its own', async () => {
    const refused = 'Nov 23 17:19:09 ns1 edge-guard[3]: denied 10.66.1.2 to 192.0.2.9\n';
    const damaged = 'Nov 23 17:19:09 ns1 dnsmasq[77]\n';
    const file = await read(many(10, query) + many(40, stranger) + refused + damaged);
    expect(file?.skipped).toEqual({ 'line of another program': 40 });
    expect(file?.bad?.map(({ line }) => line)).toEqual([51, 52]);
  });

  it('an alert of several lines ends where another log begins', async () => {
    const file = await read(sample('snort-full/samples/alert.log') + many(3, () => `${alert}\n`));
    expect(file?.mixed).toEqual({ 'snort-full': 3, 'suricata-eve': 3 });
  });

  it('calls behind leases are calls', async () => {
    const call = (n: number): string =>
      `{"episode_id":"t-${n}","sandbox_id":"s-${n}","tool":"bash","command":"true","start":"2026-11-23T17:19:03Z"}\n`;
    const file = await read(sample('leases/samples/leases.csv') + many(6, call));
    expect(file?.mixed).toEqual({ leases: 3, 'tool-calls': 6 });
  });

  it('rows behind the heading of another table are read under that one, and those of several lines are said to be lost', async () => {
    const [heading = '', ...rows] = sample('inventory/samples/rows.csv').split('\n');
    const file = await read(`${sample('leases/samples/leases.csv')}${heading}\n${rows.join('\n')}`);
    expect(file?.mixed).toEqual({ leases: 3, inventory: rows.length });
    const lines = await read(sample('leases/samples/leases.csv') + sample('tool-calls/samples/calls.csv'));
    expect(lines?.records.failed).toBeGreaterThan(0);
  });

  it('rows of a table stand under its heading among lines of others', async () => {
    const file = await read(sample('haproxy/samples/http.log') + sample('bcc/samples/tcptracer-uid.txt'));
    expect([file?.mixed, file?.records.failed]).toEqual([{ haproxy: 4, bcc: 3 }, 0]);
  });

  it('what a format skips without knowing it is offered to others', async () => {
    const compose = 'services:\n  web:\n    image: web:1\n    networks:\n      lab:\n        ipv4_address: 10.66.1.9\n';
    const file = await read(compose + many(5, query));
    expect(file?.mixed).toMatchObject({ dnsmasq: 5 });
  });

  it('documents printed over several lines are read before, between and behind lines', async () => {
    const inventory = `${JSON.stringify({ servers: [{ name: 'train-01', ip: '10.70.0.11' }] }, null, 1)}\n`;
    for (const text of [
      inventory + many(5, query),
      many(5, query) + inventory,
      many(3, query) + inventory + many(2, query),
    ]) {
      const file = await read(text);
      expect([file?.mixed, file?.records.failed]).toEqual([{ dnsmasq: 5, inventory: 1 }, 0]);
    }
  });

  it('records of several lines stand among lines of others', async () => {
    const roll = sample('roll-log/samples/log_rank_train_env-0_0_1.log');
    const billing = sample('rock-billing/samples/billing.log');
    const file = await read(many(20, query) + billing + roll + many(3, query));
    const apart = await Promise.all([roll, billing].map(read));
    expect(file?.records.failed).toBe(0);
    expect(file?.mixed).toEqual({
      dnsmasq: 23,
      'roll-log': apart[0]?.records.read,
      'rock-billing': apart[1]?.records.read,
    });
  });

  it.each(['2026-11-23T17:19:03.123456789Z stdout F ', '[pod/train-0/worker] '])(
    'records of several lines are put together behind %j before each line',
    async (head) => {
      for (const path of ['roll-log/samples/log_rank_train_env-0_0_1.log', 'rock-command/samples/command.log']) {
        const plain = await read(sample(path));
        const wrapped = await read(sample(path).trimEnd().replace(/^/gm, head));
        expect(plain?.records.decoded).toBeGreaterThan(0);
        expect(wrapped).toMatchObject({ format: plain?.format, records: plain?.records });
      }
    },
  );

  it('records of one way to begin are each of their own logger', async () => {
    const file = await read(sample('rock-access/samples/access.log') + sample('rock-command/samples/command.log'));
    expect(Object.keys(file?.mixed ?? {}).sort()).toEqual(['rock-access', 'rock-command']);
  });

  it.each([
    ['behind', (events: string) => events + many(5, query)],
    ['before', (events: string) => many(5, query) + events],
  ])('an event ends where its element does: lines %s it are read', async (_, joined) => {
    const events = sample('sysmon-xml/samples/linux.xml');
    const apart = await read(events);
    const file = await read(joined(events));
    expect(file?.mixed).toEqual({ 'sysmon-xml': apart?.records.read, dnsmasq: 5 });
    expect(file?.records.failed).toBe(0);
  });

  it('lines behind an event without its end are read', async () => {
    const begun = (sample('sysmon-xml/samples/linux.xml').split('</Event>')[0] ?? '').replaceAll('><', '>\n<');
    const file = await read(`${many(20, query)}${begun}\n${many(5, query)}`);
    expect(file?.records).toMatchObject({ decoded: 25, failed: begun.split('\n').length });
  });

  it.each([
    ['an open record', sample('roll-log/samples/log_rank_train_env-0_0_1.log')],
    ['an event without its end', `${sample('sysmon-xml/samples/linux.xml').repeat(20)}<Event><System>\n`],
  ])('logs that stand within %s are not read, and a problem says so', async (_, text) => {
    const dir = mkdtempSync(join(work, 'x-'));
    writeFileSync(join(dir, 'all.log'), text + many(10, () => `${alert}\n`));
    const { inputs, problems } = await gather({ paths: [dir], cwd: dir, year: 2026 }, 'all');
    expect(inputs[0]?.mixed).toEqual({});
    expect(problems).toMatchObject([{ code: 'swallowed', severity: 'warning', path: 'all.log' }]);
    expect(problems[0]?.message).toContain('suricata-eve');
  });

  it('what stands about the hole of a crash is read', async () => {
    const hole = Buffer.alloc(4096);
    const file = await read(
      Buffer.concat([hole, Buffer.from(many(3, packet)), hole, Buffer.from(many(3, packet)), hole]),
    );
    expect([file?.format, file?.records.decoded, file?.records.read]).toEqual(['netfilter-log', 6, 6]);
  });

  it('what a program wrote on behind the hole of a file that was cut under it is read', async () => {
    const file = await read(Buffer.concat([Buffer.alloc(600_000), Buffer.from(many(3, packet))]));
    expect([file?.format, file?.records.decoded, file?.records.failed]).toEqual(['netfilter-log', 3, 0]);
    const nothing = await read(Buffer.alloc(600_000));
    expect([nothing?.format, nothing?.note]).toEqual([undefined, 'a binary file (it holds NUL bytes)']);
  });
});
