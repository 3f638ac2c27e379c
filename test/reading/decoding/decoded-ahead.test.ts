import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROCK_STARTS } from '../../../src/core/products/rock.ts';
import { rockBilling } from '../../../src/formats/rock-billing/index.ts';
import { rollLog } from '../../../src/formats/roll-log/index.ts';
import { LINE } from '../../../src/formats/roll-log/line.ts';
import type { RawRecord } from '../../../src/model/source.ts';
import type { Micros } from '../../../src/model/time.ts';
import { RecordSkimmer } from '../../../src/reach/skimming/record-skimmer.ts';
import { newScanMemory } from '../../../src/scan/memory.ts';
import { decodedAhead, decodedPlainly, type Framed } from '../decoding-ahead.ts';

/** Mostly the first. */
const usually = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 40 }, fc.constantFrom(...others));

const ids = fc.constantFrom('0a1b2c3d4e5f60718293a4b5c6d7e8f9', 'ffffffffffffffffffffffffffffffff', 's-1');
const second = fc.oneof(
  { arbitrary: fc.nat({ max: 59 }).map((n) => String(n).padStart(2, '0')), weight: 60 },
  fc.constantFrom('60', '61', '99'),
);

/** Messages of ROLL's worker, few of which tell something. */
const told = fc.constantFrom(
  '[ENV_STEP] START - GroupID: 3, Step:3, Response:a',
  '[ENV_STEP] START - GroupID: 4, Step:8, Response:<tool_call>\n<function=f>\n<parameter=command>\nls\n</function>\n</tool_call>',
  '[ENV_STEP] START - GroupID: 4, Step:4, Response:<tool_call>\n<function=f>',
  '[ENV_STEP] Success! - Step 7 finished, task: build, reward: 0.0, success: False',
  '[ENV_STEP] Success! - Step 8 finished, task: other, reward: 1.0, success: True',
  '[ENV_RESET] Success! - TaskID: t, TaskName: build, image: i, sandbox_ip: 10.0.0.1, sandbox_id: a',
  '[SANDBOX_INIT] Success on attempt 1! - Sandbox started successfully with IP: 10.20.9.9, sandbox_id: b',
  'filter rollout group 3 episode 1',
  'x</function>\n</tool_call>',
);
const dull = fc.constantFrom(
  '[RUN_SESSION] START - GroupID: 3',
  '[ENV_STEP] Success! - Step 3 finished, task: build-3, reward: 0.0, success: False',
  '[ENV_STEP] Success! - Step 4 finished, task: b, reward: 0',
  '[ENV_RESET] START',
  'füller',
  '',
  'go on\nand on',
  '{"a": 1}',
);
const rollLine = fc
  .record({
    ray: usually('', '(EnvManager pid=7, ip=10.0.0.1) ', '\x1b[36m(A pid=7)\x1b[0m '),
    second,
    date: usually('2025-12-11 14:00', '2025-12-11 14:10', '2025-12-11 14:99', '2025-12-11 24:00', '2025-13-11 14:00'),
    place: usually('a.py (1)', 'b.py (22)', 'b.py'),
    worker: usually('env 0 / 1', 'env 1 / 2'),
    pid: usually('1', '22'),
    message: fc.oneof({ arbitrary: dull, weight: 5 }, told),
  })
  .map((r) => `${r.ray}[${r.date}:${r.second}] [${r.place}] [INFO] [${r.worker}][PID ${r.pid}] ${r.message}`);

const stamp = fc
  .record({ second, zone: usually('+08:00', 'Z', '+0800', '') })
  .map((s) => `2025-12-11T14:31:${s.second}${s.zone}`);
const member = (name: string, value: fc.Arbitrary<unknown>) =>
  value.map((one) => (one === undefined ? [] : [[name, one] as const]));
const record = fc
  .tuple(
    member('host_ip', usually<unknown>('10.20.5.7', '10.20.5.8', '010.1.1.1', 'default', undefined, 5)),
    member('host_name', usually<unknown>('rock-worker-7', 'rock-worker-8', 'wörker', undefined)),
    member('image', fc.constantFrom('a', 'b\\"c', 'ü')),
    member(
      'sandbox_id',
      fc.oneof({ arbitrary: ids, weight: 40 }, fc.constantFrom<unknown>('a"b', 'é', '', undefined, 7)),
    ),
    member('state', usually('stopped', 'running')),
    member('port_mapping', usually<unknown>({ 22: 40103 }, { 22: 22 }, undefined, { 8080: 40101, 22: 40103 }, 'x')),
    member('cpus', usually<unknown>(2, 2.5, null)),
    member('create_time', stamp),
    member('start_time', fc.oneof({ arbitrary: stamp, weight: 40 }, fc.constantFrom(undefined, null, 5, 'soon'))),
    member('stop_time', fc.oneof({ arbitrary: stamp, weight: 40 }, fc.constantFrom(undefined, null))),
    member('state_history', usually<unknown>(undefined, [])),
  )
  .map((members) => JSON.stringify(Object.fromEntries(members.flat())).replaceAll('":', '": ').replaceAll(',"', ', "'));
const billingLine = fc
  .record({
    colour: usually('', '\x1b[32m'),
    stamp: fc
      .tuple(usually('2025-12-11T14:31:', '2025-12-11T14:99:', '2025-13-11T14:31:'), second, fc.nat({ max: 999 }))
      .map(([minute, sec, ms]) => `${minute}${sec}.${String(ms).padStart(3, '0')}+08:00`),
    logger: usually('billing', 'other', 'third'),
    id: ids,
    message: fc.oneof({ arbitrary: record, weight: 40 }, fc.constantFrom('{', 'no record', '{}', '{"a":\n1}')),
  })
  .map((r) => `${r.colour}${r.stamp} INFO:billing.py:17 [${r.logger}] [${r.id}] [trace] -- ${r.message}`);

const odds = fc.constantFrom(
  '',
  ' ',
  'goes on',
  '2025-12-11T14:31:10.402Z stdout P [2025-12-11 14:00:01] [a.py (1)] [INFO] [w][PID 1] in ',
  '2025-12-11T14:31:10.402Z stdout F pieces',
  '{"log":"x\\n","stream":"stdout","time":"2025-12-11T14:31:10.402Z"}',
  '[pod/a/b] [2025-12-11 14:00:01] [a.py (1)] [INFO] [w][PID 1] m',
);

/** The pieces of a line, as containers' runtimes write them. */
const whole =
  '2025-12-11T14:31:10.402+08:00 INFO:billing.py:17 [billing] [s] [t] -- {"host_ip": "10.20.5.9", "sandbox_id": "s", "start_time": "2025-12-11T14:00:41Z", "stop_time": "2025-12-11T14:31:10Z"}';
const pieces = fc.constantFrom(
  `2025-12-11T14:31:10.402Z stdout P ${whole.slice(0, 90)}`,
  `2025-12-11T14:31:10.402Z stdout F ${whole.slice(90)}`,
);

const documentsOf = (line: fc.Arbitrary<string>, odd: fc.Arbitrary<string> = odds): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.oneof({ arbitrary: line, weight: 30 }, odd), { minLength: 1, maxLength: 120 }),
      usually('\n', '\r\n'),
    )
    .map(([lines, end]) => lines.join(end));

const roll: Framed = { format: rollLog, framing: { startsRecord: LINE } };
const billing: Framed = { format: rockBilling, framing: { startsRecord: ROCK_STARTS } };
const inLines: Framed = { format: rockBilling, framing: 'lines' };

const cases: readonly (readonly [string, Framed, fc.Arbitrary<string>])[] = [
  ['roll-log', roll, documentsOf(rollLine)],
  ['rock-billing', billing, documentsOf(billingLine)],
  ['rock-billing in pieces', inLines, documentsOf(billingLine, fc.oneof(odds, pieces))],
];

describe.each(cases)('records of %s that are decoded ahead', (_, framed, documents) => {
  it('are those that decoding finds, for any chunks (property)', async () => {
    const ends = fc.array(fc.nat({ max: 30_000 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(documents, ends, async (text, chunks) => {
        const bytes = Buffer.from(text);
        expect((await decodedAhead(framed, bytes, chunks)).told).toEqual(decodedPlainly(framed, bytes));
      }),
      { numRuns: 100 },
    );
  });

  it('are the same whatever happened to a line (property)', async () => {
    const put = fc.constantFrom('', '"', '\\', '{}', 'null', '\n', ']', '[', ',', '\u0001', 'é', ' ', '<', '9');
    await fc.assert(
      fc.asyncProperty(documents, fc.nat(30_000), fc.nat(30), put, async (text, from, length, piece) => {
        const at = from % (text.length + 1);
        const bytes = Buffer.from(text.slice(0, at) + piece + text.slice(at + length));
        expect((await decodedAhead(framed, bytes, [])).told).toEqual(decodedPlainly(framed, bytes));
      }),
      { numRuns: 100 },
    );
  });
});

const CONTEXT = { path: 'x', zoneOffsetMin: 480, reference: 0 as Micros };
const DONE_OF = (n: number): string =>
  `[ENV_STEP] Success! - Step ${n} finished, task: b-${n}, reward: 0.0, success: False`;
const BILLED = (n: number): string => {
  const at = `2025-12-11T14:${String(n % 60).padStart(2, '0')}:${String(n % 59).padStart(2, '0')}`;
  const times = `"start_time": "2025-12-11T14:00:00+08:00", "stop_time": "${at}+08:00"`;
  const ports = '"port_mapping": {"22": 40103, "8080": 40102}, "cpus": 2.0';
  const own = `"host_ip": "10.20.5.${n % 200}", "host_name": "w-${n % 3}", "sandbox_id": "s${String(n).padStart(31, '0')}"`;
  return `${at}.123+08:00 INFO:billing.py:17 [billing] [s${n}] [t] -- {${own}, ${ports}, ${times}}`;
};

describe('decoding ahead', () => {
  const rollOf = (message: string): string => `[2025-12-11 14:00:01] [a.py (1)] [INFO] [w][PID 1] ${message}`;

  it('leaves to its decoder only the first and the last record of a chunk, where no other needs it', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => rollOf(`[RUN_SESSION] START - GroupID: ${n}`));
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    expect((await decodedAhead(roll, bytes, [])).read).toBe(2);
    expect((await decodedAhead(roll, bytes, [9000])).read).toBe(4);
  });

  it.each([
    ['in the midst', '\n', 1],
    ['at the end', '\n', 0],
    ['with a carriage return', '\r\n', 1],
  ])(
    'is given up for a chunk with pieces of a record, the last of them %s, behind which it comes',
    async (_, end, more) => {
      const plain = whole.replaceAll('"s"', '"other"');
      const [one, other] = [whole.slice(0, 90), whole.slice(90)];
      const lines = [`2025-12-11T14:31:10.402Z stdout P ${one}`, plain, plain, plain, plain];
      const behind = more === 1 ? `${plain}\n` : '';
      const bytes = Buffer.from(`${lines.join('\n')}\n2025-12-11T14:31:10.402Z stdout F ${other}${end}${behind}`);
      const { told, read } = await decodedAhead(inLines, bytes, []);
      expect(told).toEqual(decodedPlainly(inLines, bytes));
      expect(JSON.stringify(told).match(/sandboxId":"\w+/g)?.[4]).toBe('sandboxId":"s');
      expect(read).toBe(6 + more);
    },
  );

  it('is given up for a chunk of which hardly any record is taken', async () => {
    const lines = Array.from({ length: 300 }, (_, n) =>
      rollOf(n % 10 === 0 ? 'x' : 'filter rollout group 3 episode 1'),
    );
    expect((await decodedAhead(roll, Buffer.from(lines.join('\n')), [])).read).toBe(300);
  });

  it('knows nothing of lines with a carriage return by others: a response that is open keeps them without it', async () => {
    const open = '[ENV_STEP] START - GroupID: 4, Step:8, Response:<tool_call>\n<function=f>\n<parameter=command>';
    const dull = Array.from({ length: 90 }, (_, n) => rollOf(`[RUN_SESSION] ${n}`));
    const inside = [
      rollOf(open),
      ...dull.slice(0, 3).map((line) => `${line}\r`),
      'x</parameter></function></tool_call>',
    ];
    const bytes = Buffer.from([...dull, ...inside, ...dull].join('\n'));
    expect((await decodedAhead(roll, bytes, [])).told).toEqual(decodedPlainly(roll, bytes));
  });

  it("is told a sandbox's own address by the name of its host where no port is another one", async () => {
    const lines = Array.from({ length: 200 }, (_, n) => {
      const named = BILLED(n)
        .replace(/"host_name": "[^"]*"/, '"host_name": "pod-s2"')
        .replace('40103', '22');
      return named.replace('40102', '8080').replace(/"sandbox_id": "[^"]*"/, `"sandbox_id": "s${n % 4}"`);
    });
    const bytes = Buffer.from(lines.join('\n'));
    expect((await decodedAhead(billing, bytes, [])).told).toEqual(decodedPlainly(billing, bytes));
  });

  it('puts no address into a lease that states none', async () => {
    const lines = Array.from({ length: 200 }, (_, n) => BILLED(n).replace(/"host_ip": "[^"]*", /, ''));
    const bytes = Buffer.from(lines.join('\n'));
    expect((await decodedAhead(billing, bytes, [])).told).toEqual(decodedPlainly(billing, bytes));
  });

  it.each([
    ['roll-log', roll, (n: number) => rollOf(n % 2 === 0 ? `[RUN_SESSION] START - GroupID: ${n}` : DONE_OF(n))],
    ['rock-billing', billing, (n: number) => BILLED(n)],
  ] as const)('decodes few records of %s, as most are like others', (_, { format, framing }, lineOf) => {
    let decoded = 0;
    const open = () => {
      const decoder = format.open(CONTEXT);
      const decode = (record: RawRecord) => {
        decoded++;
        return decoder.decode(record);
      };
      return { decode, isQuiet: () => decoder.isQuiet?.() ?? true };
    };
    const { startsRecord: starts } = typeof framing === 'object' ? framing : { startsRecord: undefined };
    const { area } = newScanMemory({ others: 0, buffers: 1, bytes: 1 });
    const common = { source: 'x', starts, open, isWrapped: () => false, area };
    const skimmer = new RecordSkimmer({ ...common, alikeOf: format.alike?.() });
    const chunk = Buffer.from(Array.from({ length: 1000 }, (_, n) => `${lineOf(n)}\n`).join(''));
    expect(skimmer.skim({ chunk, isFirst: true }).read.length / 3).toBe(2);
    expect(decoded).toBeLessThan(30);
  });
});
