import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'names-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 17, 0, second)).toISOString();

/** Three episodes hold a sandbox in turn, each for a minute. */
const EPISODES = ['ep-a', 'ep-b', 'ep-c'];
const LEASES = EPISODES.map((id, n) => ({
  sandbox_id: 'sandbox-7',
  server: 'node-1',
  ip: '10.66.1.2',
  episode_id: id,
  start: at(n * 60),
  end: at(n * 60 + 55),
}));

/** Each makes three calls; the second one of ep-b is the one that the firewall saw. */
const CALLS = EPISODES.flatMap((episode, n) =>
  [5, 20, 40].map((second) => ({
    episode,
    id: `call_8f3a61c2${n}${second}`,
    second: n * 60 + second,
    command: n === 1 && second === 20 ? 'curl -m 5 http://203.0.113.9/x' : `ls -la /repo/${n}/${second}`,
  })),
);
const CULPRIT = 'call_8f3a61c2120';

type Naming = (call: (typeof CALLS)[number]) => string;

const toRow = (naming: Naming) => (call: (typeof CALLS)[number]) => ({
  episode_id: naming(call),
  sandbox_id: 'sandbox-7',
  tool: 'bash',
  tool_call_id: call.id,
  command: call.command,
  start: at(call.second),
  end: at(call.second + 3),
});

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

const toSpan = (naming: Naming) => (call: (typeof CALLS)[number]) => ({
  traceId: '79104cf28580c2c96825432963419d1d',
  spanId: `000000000000${String(call.second + 1000)}`,
  name: 'execute_tool bash',
  startTimeUnixNano: `${Date.parse(at(call.second))}000000`,
  endTimeUnixNano: `${Date.parse(at(call.second + 3))}000000`,
  attributes: [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.tool.name', 'bash'),
    attribute('gen_ai.tool.call.id', call.id),
    attribute('gen_ai.tool.call.arguments', JSON.stringify({ command: call.command })),
    attribute('gen_ai.conversation.id', naming(call)),
    attribute('rock.sandbox.id', 'sandbox-7'),
  ],
});

const PACKET = {
  timestamp: at(81).replace('Z', '+0000'),
  event_type: 'alert',
  src_ip: '10.66.1.2',
  src_port: 40122,
  dest_ip: '203.0.113.9',
  dest_port: 80,
  proto: 'TCP',
  alert: { action: 'blocked', signature_id: 9000001, signature: 'not on the allow list', severity: 2 },
};

/** What is said of the packet, by how the log and the spans name the episode of each call. */
async function verdictOf(log: Naming | undefined, spans: Naming | undefined, leases: readonly object[] = LEASES) {
  const place = mkdtempSync(join(folder, 'run-'));
  mkdirSync(place, { recursive: true });
  const write = (name: string, rows: readonly object[]): void => {
    if (rows.length > 0) writeFileSync(join(place, name), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
  };
  write('eve.json', [PACKET]);
  write('leases.jsonl', leases);
  if (log !== undefined) write('tool_calls.jsonl', CALLS.map(toRow(log)));
  if (spans !== undefined)
    write('otlp.jsonl', [
      { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: CALLS.map(toSpan(spans)) }] }] },
    ]);
  const { attributions } = await investigate({ paths: [place], cwd: place });
  const [one] = attributions;
  return `${one?.verdict} ${one?.episode?.id} ${one?.toolCall?.id}`;
}

const right: Naming = ({ episode }) => episode;
/** The call that the firewall saw is laid on the episode that held the sandbox before. */
const wrong: Naming = ({ episode, id }) => (id === CULPRIT ? 'ep-a' : episode);

describe('a call that a trace lays on another episode which held the same sandbox', () => {
  it('is named where the trace is right', async () => {
    expect(await verdictOf(right, undefined)).toBe(`likely ep-b ${CULPRIT}`);
  });

  it('is laid on nobody, because leases and trace disagree', async () => {
    expect(await verdictOf(wrong, undefined)).toBe('ambiguous undefined undefined');
  });

  it('is laid on the one that the other trace and the leases name', async () => {
    expect(await verdictOf(wrong, right)).toBe(`likely ep-b ${CULPRIT}`);
    expect(await verdictOf(right, wrong)).toBe(`likely ep-b ${CULPRIT}`);
  });

  it('is laid on nobody where two traces disagree and no lease decides', async () => {
    const nameless = LEASES.map(({ episode_id: _, ...lease }) => lease);
    expect(await verdictOf(wrong, right, nameless)).toBe('ambiguous undefined undefined');
  });
});

it('two names of one episode in two traces are one where none of the traces uses both', async () => {
  const session: Naming = ({ episode }) => `session-${episode}`;
  expect(await verdictOf(right, session)).toBe(`likely ep-b ${CULPRIT}`);
});
