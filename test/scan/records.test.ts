import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../src/model/template.ts';
import { RECORD, RECORD_NUMBERS } from '../../src/scan/layout.ts';
import { createMatcher, type Matcher } from '../../src/scan/matcher.ts';
import { newArea } from './rows.ts';

const ids: Template = [
  { literal: '{"t":"' },
  { kind: 'hex', use: 'traceId', count: 32 },
  { literal: '","s":"' },
  { kind: 'hex', use: 'spanId', count: 16 },
];
const times: Template = [
  { literal: '","from":"' },
  { kind: 'digits', use: 'from', count: 19 },
  { literal: '","until":"' },
  { kind: 'digits', use: 'until', count: 19 },
];
const rest: Template = [
  { literal: '","name":"' },
  { kind: 'text', use: 'same' },
  { literal: '","n":' },
  { kind: 'scalar', use: 'free' },
];
const parent: Template = [{ literal: '","p":"' }, { kind: 'hex', use: 'parentId', count: 16 }];
const own: Template = [
  { literal: ',"episode":"' },
  { kind: 'text', use: 'episode' },
  { literal: '","id":"' },
  { kind: 'text', use: 'callId' },
  { literal: '","said":"' },
  { kind: 'text', use: 'said' },
  { literal: '"}' },
];
const call: Template = [...ids, ...parent, ...times, ...rest, ...own];
/** The same up to its end: what the other left behind when it failed must not stand in its row. */
const bare: Template = [...ids, ...parent, ...times, ...rest, { literal: '}' }];
const orphan: Template = [...ids, ...times, ...rest, { literal: '}' }];

interface Fields {
  readonly t?: string;
  readonly s?: string;
  readonly p?: string;
  readonly from?: string;
  readonly name?: string;
  readonly n?: string;
  readonly episode?: string;
  readonly id?: string;
  readonly said?: string;
  readonly end?: string;
}

const TRACE = '0123456789abcdeffedcba9876543210';

function record({
  t = TRACE,
  s = '00000000000000ff',
  p = '',
  from = '1795464000000000123',
  ...more
}: Fields = {}): string {
  const { name = 'bash', n = '1', episode = 'one', id = 'call_1', said = 'ls', end } = more;
  const last = end ?? `,"episode":"${episode}","id":"${id}","said":"${said}"}`;
  return `{"t":"${t}","s":"${s}","p":"${p}","from":"${from}","until":"1795464000500000999","name":"${name}","n":${n}${last}`;
}

const line = (...records: readonly string[]): string => `{"host":"a","list":[${records.join(',')}]}`;

function newRecordMatcher(): Matcher {
  const matcher = createMatcher(newArea());
  if (matcher === undefined) throw new Error('no vector instructions');
  matcher.begin('"list":[');
  for (const template of [call, bare, orphan]) matcher.add(template);
  return matcher;
}

interface Row {
  readonly to: number;
  readonly hash: string;
  readonly kin: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly nanos: number;
  readonly episode: string;
  readonly said: string;
  readonly id: string;
  readonly text: string;
}

function cut(lines: readonly string[], matcher = newRecordMatcher()): Row[] {
  const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
  matcher.load(bytes);
  const out: Row[] = [];
  for (let from = 0; from < bytes.length; from = out.at(-1)?.to ?? bytes.length) {
    const count = matcher.cut(from);
    for (let row = 0; row < count; row++) {
      const at = row * RECORD_NUMBERS;
      const word = (n: number): number => matcher.rows[at + n] ?? 0;
      const hash = (n: number): string => `${word(n)}/${word(n + 1)}`;
      out.push({
        to: word(RECORD.to),
        hash: hash(RECORD.low),
        kin: [...matcher.rows.subarray(at + RECORD.kin, at + RECORD.kin + 8)],
        start: matcher.numbers[(at + RECORD.start) / 2] ?? 0,
        end: matcher.numbers[(at + RECORD.end) / 2] ?? 0,
        nanos: word(RECORD.nanos),
        episode: hash(RECORD.episode),
        said: hash(RECORD.said),
        id: bytes.toString('utf8', word(RECORD.idAt), word(RECORD.idAt) + word(RECORD.idLength)),
        text: bytes.toString('utf8', word(RECORD.saidAt), word(RECORD.saidAt) + word(RECORD.saidLength)),
      });
    }
  }
  return out;
}

const NONE = '0/0';
const one = (fields: Fields): Row | undefined => cut([line(record(fields))])[0];

describe('records in a line', () => {
  it('are told by ids, times, and the texts that are theirs', () => {
    const text = line(record({ p: 'fedcba9876543210', id: 'call_7' }));
    expect(cut([text])).toMatchObject([
      {
        to: text.length + 1,
        kin: [0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210, 0, 0xff, 0xfedcba98, 0x76543210],
        start: 1_795_464_000_000_000,
        end: 1_795_464_000_500_000,
        nanos: 123,
        id: 'call_7',
        text: 'ls',
      },
    ]);
  });

  it('have equal hashes where values are equal that decide what they are', () => {
    const matcher = newRecordMatcher();
    const alike = cut(
      [
        line(record()),
        line(record({ t: TRACE.replace('0', 'a'), n: '-2.5e3', id: 'x' })),
        line(record({ said: 'é\\n' })),
      ],
      matcher,
    );
    expect(new Set(alike.map(({ hash }) => hash)).size).toBe(1);
    expect(new Set(alike.map(({ episode }) => episode)).size).toBe(1);
    expect(new Set(alike.map(({ said }) => said)).size).toBe(2);
    const others = cut(
      [line(record({ name: 'sh' })), line(record()).replace('"a"', '"b"'), `${line(record())} `],
      matcher,
    );
    const hashes = [...alike.slice(0, 1), ...others].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(4);
    // What is said is told apart by kind.
    expect(others[0]?.said).not.toBe(alike[0]?.said);
    expect(cut([line(record({ episode: 'two' }))], matcher)[0]?.episode).not.toBe(alike[0]?.episode);
  });

  it('have nothing of what another template found before it failed', () => {
    const end = '}';
    expect(cut([line(record({ p: '1111111111111111', end }))])).toMatchObject([
      { episode: NONE, said: NONE, id: '', kin: { 6: 0x11111111 } },
    ]);
    const text = line(record({ end }).replace('"p":"",', ''));
    expect(cut([text])).toMatchObject([{ kin: { 6: 0, 7: 0 }, episode: NONE }]);
    expect(cut([text])[0]?.hash).not.toBe(NONE);
  });

  it('stand one behind the other, the last with the end of the line', () => {
    const texts = [line(record(), record({ s: '00000000000000aa', end: '}' })), '', line(record())];
    const rows = cut(texts);
    const [first = ''] = texts;
    const ends = [0, first.length + 1, first.length + 2, texts.join('\n').length + 1];
    expect(rows.map(({ to }) => to)).toEqual(ends);
    expect(rows.map(({ hash }) => hash === NONE)).toEqual([false, false, true, false]);
  });

  it.each<Fields>([
    { t: TRACE.toUpperCase() },
    { t: '0'.repeat(32) },
    { t: TRACE.slice(1) },
    { s: '0'.repeat(16) },
    { s: '00000000000000fg' },
    { p: '0'.repeat(16) },
    { p: 'ab' },
    { from: '995464000000000123' },
    { from: '9795464000000000123' },
    { from: '0795464000000000123' },
    { from: '179546400000000012a' },
    { from: '17954640000000001234' },
    { n: '01' },
    { n: '"1"' },
    { name: 'a"' },
    { name: 'a\\x' },
    { episode: '' },
    { episode: 'a\\n' },
    { id: '' },
    { id: 'a\\n' },
    { id: `${'x'.repeat(40)}é` },
    { end: ',"more":1}' },
  ])('are not taken where one is not plain: %j', (fields) => {
    expect(one(fields)).toMatchObject({ hash: NONE });
    // Nor is any other of the line.
    expect(cut([line(record(), record(fields)), line(record())]).map(({ hash }) => hash === NONE)).toEqual([
      true,
      false,
    ]);
  });

  it('are as many as there is room for, and go on with the next line', () => {
    const short: Template = [{ literal: '{"s":"' }, { kind: 'hex', use: 'spanId', count: 16 }, { literal: '"}' }];
    const matcher = newRecordMatcher();
    matcher.add(short);
    const list = (count: number): string => line(...Array.from({ length: count }, () => '{"s":"00000000000000ff"}'));
    const rows = cut([...Array.from({ length: 2000 }, () => ''), list(1500), list(4500), list(1)], matcher);
    expect(rows.filter(({ to }) => to > 0)).toHaveLength(2003);
    // One that has too many for all of it is not taken.
    expect(rows.slice(2000).map(({ hash }) => hash === NONE)).toEqual([
      ...Array.from({ length: 1500 }, () => false),
      true,
      false,
    ]);
  });
});
