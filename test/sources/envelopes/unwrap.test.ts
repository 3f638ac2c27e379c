import { describe, expect, it } from 'vitest';
import type { RawRecord } from '../../../src/model/source.ts';
import { createUnwrapper, unwrapRecord } from '../../../src/sources/envelopes/unwrap.ts';

const record = (text: string): RawRecord => ({ text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } });
const at = (iso: string): number => Date.parse(iso) * 1000;

describe('envelopes', () => {
  it.each([
    ['Dec  1 00:00:05 gw kernel: message repeated 3 times: [ [UFW BLOCK] IN= OUT=eth0]', '[UFW BLOCK] IN= OUT=eth0', 3],
    ['2026-12-01T00:00:05.1+01:00 gw kernel: message repeated 12 times: [DROP IN= OUT=eth0]', 'DROP IN= OUT=eth0', 12],
    [
      '<4>Dec  1 00:00:05 gw sshd[7]: message repeated 2 times: [ Failed password [preauth]]',
      'Failed password [preauth]',
      2,
    ],
  ])('takes a repeated message out of %s', (text, message, repeats) => {
    const unwrapped = unwrapRecord(record(text));
    expect(unwrapped.repeats).toBe(repeats);
    expect(unwrapped.text).toBe(`${text.slice(0, text.indexOf('message repeated'))}${message}`);
  });

  it.each([
    [
      'Docker json-file',
      { log: 'hello\n', stream: 'stdout', time: '2025-12-11T06:08:20.5Z' },
      { text: 'hello', observed: at('2025-12-11T06:08:20.500Z') },
    ],
    [
      'journald',
      {
        MESSAGE: 'hello',
        __REALTIME_TIMESTAMP: '1765433300500000',
        _HOSTNAME: 'gw',
        _SOURCE_MONOTONIC_TIMESTAMP: '77',
      },
      { text: 'hello', observed: 1_765_433_300_500_000, host: 'gw', monotonicUs: 77 },
    ],
    ['journald with bytes', { MESSAGE: [104, 105], __REALTIME_TIMESTAMP: '1765433300500000' }, { text: 'hi' }],
    [
      'CloudWatch',
      { message: 'hello', timestamp: 1_765_433_300_500, ingestionTime: 1_765_433_301_000 },
      { text: 'hello', observed: 1_765_433_300_500_000 },
    ],
    ['a Splunk export', { preview: false, result: { _raw: 'hello', host: 'gw' } }, { text: 'hello', host: 'gw' }],
    [
      'a row of the Sentinel Syslog table',
      { TimeGenerated: '2025-12-11T06:08:20.5Z', Computer: 'gw', Facility: 'user', SyslogMessage: 'hello' },
      { text: 'hello', observed: 1_765_433_300_500_000, host: 'gw' },
    ],
    [
      'journald, a line of syslog under its tag',
      {
        _TRANSPORT: 'syslog',
        SYSLOG_IDENTIFIER: 'dnsmasq',
        _PID: '55',
        _HOSTNAME: 'gw',
        MESSAGE: 'query[A] a.example from 10.0.0.1',
        __REALTIME_TIMESTAMP: '1765433300500000',
      },
      { text: '2025-12-11T06:08:20.500000Z gw dnsmasq[55]: query[A] a.example from 10.0.0.1', host: 'gw' },
    ],
    [
      'journald, an object sent to syslog',
      {
        _TRANSPORT: 'syslog',
        SYSLOG_IDENTIFIER: 'suricata',
        MESSAGE: '{"a":1}',
        __REALTIME_TIMESTAMP: '1765433300500000',
      },
      { text: '{"a":1}' },
    ],
    [
      'a row of the Sentinel Syslog table with its program',
      { TimeGenerated: '2025-12-11T06:08:20.5Z', HostName: 'gw', ProcessName: 'named', SyslogMessage: 'hello' },
      { text: '2025-12-11T06:08:20.500000Z gw named: hello', host: 'gw' },
    ],
    ['an Elastic hit', { _index: 'i', _id: '1', _source: { event: { original: 'hello' } } }, { text: 'hello' }],
  ])('%s comes off and says what it knows', (_, envelope, expected) => {
    expect(unwrapRecord(record(JSON.stringify(envelope)))).toMatchObject(expected);
  });

  it('come off repeatedly; the outermost time counts as seen', () => {
    const inner = JSON.stringify({ MESSAGE: 'deep', __REALTIME_TIMESTAMP: '1765433300500000' });
    expect(unwrapRecord(record(`2025-12-11T06:08:21.000000000Z stdout F ${inner}`))).toMatchObject({
      text: 'deep',
      observed: at('2025-12-11T06:08:21Z'),
    });
  });

  it('stay when they are the record itself', () => {
    const ecs = JSON.stringify({ message: 'x', source: { ip: '10.0.0.1' } });
    expect(unwrapRecord(record(ecs)).text).toBe(ecs);
  });

  it('stay, however long, when they only begin like one of Docker', () => {
    const { text } = unwrapRecord(record(`{"message":"${String.raw`\n`.repeat(10_000_000)}"}`));
    expect(text.startsWith('{"message":"')).toBe(true);
  });

  it('join CRI partial lines', () => {
    const unwrap = createUnwrapper();
    expect(unwrap(record('2025-12-11T06:08:20.000000000Z stdout P hel'))).toBe(undefined);
    expect(unwrap(record('2025-12-11T06:08:20.000000001Z stdout F lo'))?.text).toBe('hello');
  });

  it('join the pieces of each stream alone; time and line are those of the first, the bytes reach to the last', () => {
    const unwrap = createUnwrapper();
    const piece = (text: string, line: number): RawRecord => ({
      text,
      ref: { source: 'x', line, offset: line * 100, bytes: 50 },
    });
    expect(unwrap(piece('2025-12-11T06:08:20Z stdout P hel', 1))).toBe(undefined);
    expect(unwrap(piece('2025-12-11T06:08:21Z stderr P oth', 2))).toBe(undefined);
    expect(unwrap(piece('2025-12-11T06:08:22Z stdout F lo', 3))).toMatchObject({
      text: 'hello',
      observed: at('2025-12-11T06:08:20Z'),
      ref: { source: 'x', line: 1, offset: 100, bytes: 250 },
    });
    expect(unwrap.end()).toMatchObject([{ text: 'oth', ref: { line: 2, offset: 200, bytes: 50 } }]);
    expect(unwrap.end()).toEqual([]);
  });

  it('keep what the outer one states before what an inner one does, and that the record is too long', () => {
    const inner = {
      MESSAGE: 'deep',
      __REALTIME_TIMESTAMP: '1765433300500000',
      _HOSTNAME: 'in',
      _SOURCE_MONOTONIC_TIMESTAMP: '77',
    };
    const outer = { ...inner, MESSAGE: JSON.stringify(inner), _HOSTNAME: 'out', _SOURCE_MONOTONIC_TIMESTAMP: '78' };
    const given = { ...record(JSON.stringify(outer)), oversize: true as const };
    expect(unwrapRecord(given)).toEqual({
      text: 'deep',
      ref: given.ref,
      isUnwrapped: true,
      observed: 1_765_433_300_500_000,
      host: 'out',
      monotonicUs: 78,
      oversize: true,
    });
  });

  it('of Docker come off too where they are cut off behind its own members', () => {
    const whole = JSON.stringify({
      log: 'hello \\" there\n',
      stream: 'stdout',
      time: '2025-12-11T06:08:20.5Z',
      attrs: { a: 1 },
    });
    const cut = (to: string): string => unwrapRecord(record(whole.slice(0, whole.indexOf(to)))).text;
    expect(cut(':1}')).toBe('hello \\" there');
    expect(cut('5Z')).toBe(whole.slice(0, whole.indexOf('5Z')));
  });
});
