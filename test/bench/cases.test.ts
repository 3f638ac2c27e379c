import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scoreCases } from '../../bench/cases/score.mjs';
import { investigate } from '../../src/pipeline.ts';

const work = mkdtempSync(join(tmpdir(), 'cases-'));
const scratch = join(work, 'scratch');
const shared = join(import.meta.dirname, '../../../shared/corpus/telemetry/cases');

afterAll(() => rmSync(work, { recursive: true }));

const GUID = (n: number) => `{00000000-1111-2222-3333-00000000000${n}}`;

function flow(id: string, srcPort: number, second: number, more: object = {}) {
  const at = (s: number) => `2026-03-02T10:00:${String(s).padStart(2, '0')}.000000Z`;
  return {
    id,
    start: at(second),
    end: at(second + 3),
    transport: 'tcp',
    srcIp: '192.0.2.10',
    srcPort,
    dstIp: '198.51.100.7',
    dstPort: 443,
    ...more,
  };
}

/** Sysmon 3 as NXLog ships it: without the pid, `lateS` behind the flow by the host's own clock. */
function connect(
  { start, srcIp, srcPort, dstIp, dstPort, transport }: ReturnType<typeof flow>,
  guid: number,
  lateS: number,
) {
  const at = new Date(Date.parse(start) + lateS * 1000).toISOString();
  return {
    EventID: 3,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Hostname: 'ws1.example',
    '@timestamp': at,
    UtcTime: at.replace('T', ' ').replace('Z', ''),
    ProcessGuid: GUID(guid),
    Image: `C:\\Windows\\tool${guid}.exe`,
    Initiated: 'true',
    Protocol: transport,
    SourceIp: srcIp,
    SourcePort: String(srcPort),
    DestinationIp: dstIp,
    DestinationPort: String(dstPort),
  };
}

const known = (id: string, guid: number) => ({
  flow: id,
  attributable: true,
  initiator: { pid: null, processGuid: GUID(guid) },
});

function writeCase(name: string, flows: readonly object[], host: readonly object[], truth: readonly object[]): string {
  const root = join(work, name);
  mkdirSync(join(root, 'case'), { recursive: true });
  for (const [file, rows] of Object.entries({ 'network.jsonl': flows, 'telemetry.jsonl': host, 'truth.jsonl': truth }))
    writeFileSync(join(root, 'case', file), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return root;
}

const plainOf = async (root: string) => {
  const scores = await scoreCases(root, scratch, investigate);
  return scores.find(({ variant }) => variant === 'plain')?.tally;
};

describe('attribution cases', () => {
  const flows = [flow('f1', 50_001, 10), flow('f2', 50_002, 20), flow('f3', 50_003, 30)];
  const [one, two] = [flow('f1', 50_001, 10), flow('f2', 50_002, 20)];

  it('names a process that its sensor knows by a guid alone, and nobody where the host recorded nothing', async () => {
    const truth = [known('f1', 1), known('f2', 2), { flow: 'f3', attributable: false }];
    const root = writeCase('guid', flows, [connect(one, 1, 1), connect(two, 2, 1)], truth);
    for (const { tally } of await scoreCases(root, scratch, investigate))
      expect(tally).toMatchObject({ right: 2, unknown: 1, wrong: 0, claimed: 0 });
  });

  it('goes by the tuple where too few pairs tell how far a clock is off', async () => {
    const root = writeCase('skew', [one], [connect(one, 1, 500)], [known('f1', 1)]);
    expect(await plainOf(root)).toMatchObject({ right: 1 });
  });

  it('leaves a tuple that two processes had with such a clock to neither', async () => {
    const host = [connect(one, 1, 500), connect(one, 2, 700)];
    const root = writeCase('reused', [one], host, [known('f1', 1)]);
    expect(await plainOf(root)).toMatchObject({ right: 0, wrong: 0, unknown: 1 });
  });

  it('names all that hold the same service port on both ends', async () => {
    const mdns = flow('f1', 5353, 30, { transport: 'udp', dstIp: '224.0.0.251', dstPort: 5353 });
    const host = [connect(mdns, 1, -20), connect(mdns, 2, -10)];
    const root = writeCase('mdns', [mdns], host, [known('f1', 1)]);
    expect(await plainOf(root)).toMatchObject({ 'set with it': 1, wrong: 0 });
  });

  it('counts a false name as wrong and a name for a flow without record as claimed', async () => {
    const truth = [known('f1', 9), { flow: 'f2', attributable: false }];
    const root = writeCase('false', [one, two], [connect(one, 1, 1), connect(two, 2, 1)], truth);
    expect(await plainOf(root)).toMatchObject({ wrong: 1, claimed: 1 });
  });

  it('names the container behind a proxy by its fixed address', async () => {
    const root = join(work, 'proxy');
    mkdirSync(join(root, 'case'), { recursive: true });
    const compose = ['services:', '  agent:', '    container_name: box-agent', '    networks:', '      rl:'];
    const denied =
      '1772445600.186 172.30.0.20:55890 paste.example:443 -:- 1.1 CONNECT 403 TCP_DENIED:HIER_NONE paste.example:443 "curl/8"';
    const truth = { line: 1, network: 'network.access.log', attributable: true, container: 'box-agent' };
    const files = {
      'telemetry.compose.yml': [...compose, '        ipv4_address: 172.30.0.20'].join('\n'),
      'network.access.log': denied,
      'truth.jsonl': JSON.stringify(truth),
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, 'case', file), `${text}\n`);
    expect(await scoreCases(root, scratch, investigate)).toMatchObject([{ tally: { right: 1, wrong: 0 } }]);
  });

  it.runIf(existsSync(shared))('names nobody wrongly in real captures', { timeout: 120_000 }, async () => {
    const scores = await scoreCases(shared, scratch, investigate);
    expect(scores.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(scores.every(({ flows, answers }) => flows === answers)).toBe(true);
    const right = scores.reduce((sum, { tally }) => sum + tally.right, 0);
    expect(right).toBeGreaterThan(0);
  });
});
