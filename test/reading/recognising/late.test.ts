import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gather } from '../../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'late-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');
const PACKET = 'FW-DROP IN=eth0 OUT=eth1 SRC=10.66.1.2 DST=192.0.2.9 LEN=60 PROTO=TCP SPT=40000 DPT=443 SEQ=1';
const cron = (n: number): string => `Nov 23 17:19:0${n % 10} fw CRON[${n}]: (root) CMD (run-parts /etc/cron.hourly)`;

/** What LiteLLM logs of a model call: of one agent only in files that ROCK names so. */
const PAYLOAD = JSON.stringify({
  call_type: 'acompletion',
  startTime: 1795454340.1,
  endTime: 1795454342.2,
  messages: [{ role: 'user', content: 'Fix the build' }],
  response: { choices: [] },
  trace_id: 't1',
});

/** Words without digits that no line before had. */
const words = (n: number): string => [...`${n}`].map((digit) => 'abcdefghij'[Number(digit)]).join('');

async function read(text: string) {
  const dir = mkdtempSync(join(work, 'x-'));
  writeFileSync(join(dir, 'all.log'), text);
  const { inputs } = await gather({ paths: [dir], cwd: dir, year: 2026 }, 'all');
  const { format, records } = inputs[0] ?? {};
  return [format, records?.decoded, records?.failed];
}

describe('a log that nobody knows by its head', () => {
  it.each<[string, string, unknown[]]>([
    [
      'syslog is known by a packet further down',
      `${many(400, cron)}Nov 23 17:20:00 fw kernel: [  7.000001] ${PACKET}\n`,
      ['netfilter-log', 1, 0],
    ],
    [
      'so beyond all that a head holds',
      `${many(9000, cron)}Nov 23 17:20:00 fw kernel: [  7.000001] ${PACKET}\n`,
      ['netfilter-log', 1, 0],
    ],
    [
      "so is the kernel's buffer",
      `${many(300, (n) => `[    0.${100000 + n}] pci 0000:00:1f.0: BAR ${n}: assigned`)}[  907.000001] ${PACKET}\n`,
      ['netfilter-log', 1, 0],
    ],
    [
      'and as dmesg -H prints it',
      `[Nov23 17:00] Linux version 6.8\n${many(300, (n) => `[  +0.${100000 + n}] pci 0000:00:1f.0: BAR ${n}`)}[Nov23 17:05] ${PACKET}\n`,
      ['netfilter-log', 1, 0],
    ],
    [
      'is not that of a format that fails at its first lines',
      `${many(300, (n) => `epoch ${n} loss 0.1`)}tcp        0      0 10.0.0.5:40000          192.0.2.9:443           ESTABLISHED 17/curl\n`,
      [undefined, 0, 0],
    ],
    [
      'is not that of a format that passes over one of its first lines, but fails at others',
      `${many(150, (n) => `epoch ${n} loss 0.1`)}Active Internet connections (w/o servers)\n${many(150, (n) => `epoch ${n} loss 0.1`)}tcp        0      0 10.0.0.5:40000          192.0.2.9:443           ESTABLISHED 17/curl\n`,
      [undefined, 0, 0],
    ],
    [
      'is not that of a format that denies it by the name of the file',
      `${many(300, (n) => JSON.stringify({ request: { messages: [] }, response: {}, n }))}${PAYLOAD}\n`,
      ['model-calls', 1, 0],
    ],
    ['stays unknown where no line is known', many(400, (n) => `step ${n} of many`), [undefined, 0, 0]],
    [
      'is left alone where it says too many things',
      `${many(3000, (n) => `said ${words(n)}`)}Nov 23 17:20:00 fw kernel: [  7.000001] ${PACKET}\n`,
      [undefined, 0, 0],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });
});
