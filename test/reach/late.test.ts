import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNight } from '../../bench/nights/generate.mjs';
import type { NetworkEvent, ProcessEvent } from '../../src/model/event.ts';

const dist = join(import.meta.dirname, '../../dist');
const work = mkdtempSync(join(tmpdir(), 'late-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const FAR = '192.0.2.50';
const refused = (at: Date): string =>
  `${at.toISOString()} train-01 kernel: [1.0] FWD-DROP IN=inbr OUT=wan SRC=10.66.3.18 DST=${FAR} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=0 DF PROTO=TCP SPT=40000 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0`;

/** Two logs of one host: a firewall's lines stand in the longer one, which is read last, in its middle. */
function mixedLogs(): string {
  const folder = join(work, 'mixed');
  writeNight({ mix: 'auditd', megabytes: 8, out: folder, callsPerSandbox: 10, alertShare: 0.01 });
  const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.log'));
  const path = join(folder, name);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('type=SYSCALL ') ? [i] : []));
  const [third = 0, middle = 0] = [0.3, 0.6].map((share) => starts[Math.floor(starts.length * share)] ?? 0);
  const seconds = Number(/audit\((\d+)/.exec(lines[middle] ?? '')?.[1]);
  writeFileSync(path, lines.slice(0, third).join('\n'));
  const longer = [...lines.slice(third, middle), refused(new Date(seconds * 1e3)), ...lines.slice(middle)];
  writeFileSync(join(folder, 'longer-audit.log'), longer.join('\n'));
  return folder;
}

describe('connections to a far end that only a line behind them makes matter', () => {
  // Other threads run the built files.
  it('are kept wherever they stand, whatever the number of threads', async () => {
    const { gather } = await import(join(dist, 'reading/gather.js'));
    const folder = mixedLogs();
    const read = async (budget: object) => {
      const { store, inputs } = await gather({ paths: [folder], cwd: work, ...budget }, 'reach');
      const records = inputs.map((input: { records: object }) => input.records);
      return { processes: store.processes as readonly ProcessEvent[], records };
    };
    const toFar = ({ processes }: { readonly processes: readonly ProcessEvent[] }) =>
      processes.filter(({ socket }) => socket?.remote.ip === FAR).map(({ ref }) => `${ref.source}:${ref.line}`);
    const whole = toFar(await read({}));
    expect(new Set(whole.map((place) => place.split(':')[0])).size).toBe(2);
    const reach = async (count: number) => read({ memoryBytes: 60e6, threads: { count, fromBytes: 1e6 } });
    const alone = await reach(0);
    expect(toFar(alone).sort()).toEqual(whole.sort());
    // And so is what ran around them.
    const families = alone.processes.filter(({ op }) => op === 'exec');
    expect(families.length).toBeGreaterThan(whole.length / 10);
    for (const count of [1, 3]) expect(await reach(count)).toEqual(alone);
  });
});

describe('flows that state a translation, in a log of which nothing else makes them matter', () => {
  const OUTER = '192.0.2.200';
  const night = join(work, 'stated');
  /** What another log, beyond the firewall, has of a flow. */
  const alertAbout = (row: readonly string[]): string =>
    JSON.stringify({
      timestamp: `${(row[6] ?? '').replaceAll('/', '-').replace(' ', 'T')}.000000+0000`,
      event_type: 'alert',
      src_ip: OUTER,
      src_port: 51_234,
      dest_ip: row[8],
      dest_port: Number(row[25]),
      proto: 'TCP',
      alert: {
        action: 'allowed',
        gid: 1,
        signature_id: 1,
        rev: 1,
        signature: 'ET MALWARE x',
        category: 'x',
        severity: 1,
      },
    });

  it('are kept, whatever the number of threads', async () => {
    const { gather } = await import(join(dist, 'reading/gather.js'));
    writeNight({ mix: 'panos', megabytes: 8, out: night, callsPerSandbox: 10, alertShare: 0 });
    const [name = ''] = readdirSync(night).filter((file) => file.startsWith('panos'));
    const rows = readFileSync(join(night, name), 'utf8').trimEnd().split('\n');
    const middle = rows.length >> 1;
    const row = (rows[middle] ?? '').split(',');
    [row[9], row[26]] = [OUTER, '51234'];
    rows[middle] = row.join(',');
    writeFileSync(join(night, name), rows.join('\n'));
    writeFileSync(join(night, 'eve.json'), `${alertAbout(row)}\n`);
    const natted = async (budget: object) => {
      const { store } = await gather({ paths: [night], cwd: work, ...budget }, 'reach');
      return (store.network as readonly NetworkEvent[])
        .filter(({ nat }) => nat?.srcIp === OUTER)
        .map(({ ref }) => ref.line);
    };
    expect(await natted({})).toEqual([middle + 1]);
    // With little memory the alert stands in a log that is long as well.
    for (const memoryBytes of [60e6, 80e6])
      for (const count of [0, 1])
        expect(await natted({ memoryBytes, threads: { count, fromBytes: 1e6 } })).toEqual([middle + 1]);
  });
});
