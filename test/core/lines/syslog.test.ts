import { describe, expect, it } from 'vitest';
import { parseSyslog } from '../../../src/core/lines/syslog.ts';
import { micros } from '../../../src/core/time/time.ts';

const REFERENCE = micros(Date.parse('2026-03-02T00:00:00Z') * 1000);
const DEVICE = micros(Date.parse('2026-03-01T01:59:59Z') * 1000);
const OWN = 'Mar  1 01:59:59 fw-1 kernel: DROP IN=eth0';

describe('a header behind the header of a relay', () => {
  it.each([
    ['RFC 3164', `Mar  1 02:00:01 relay-1 ${OWN}`],
    ['RFC 3164 with a tag', `<134>Mar  1 02:00:01 relay-1 forward[12]: ${OWN}`],
    ['RFC 5424', `<134>1 2026-03-01T02:00:01Z relay-1 forward 12 - - ${OWN}`],
    ['rsyslog ISO', `2026-03-01T02:00:01+00:00 relay-1 ${OWN}`],
    ['a priority twice', `<134><4>${OWN}`],
    ['two relays', `Mar  1 02:00:02 relay-2 Mar  1 02:00:01 relay-1 ${OWN}`],
    ['blanks', `  ${OWN}`],
  ])('tells time, host and tag of the device: %s', (_, text) => {
    const header = parseSyslog(text, REFERENCE);
    expect(header?.stamp?.at).toBe(DEVICE);
    expect(header).toMatchObject({ host: 'fw-1', tag: 'kernel', message: 'DROP IN=eth0' });
    expect(header?.version).toBeUndefined();
  });

  it('an ISO stamp of the device is no tag of the relay', () => {
    const header = parseSyslog('Mar  1 02:00:01 relay-1 2026-03-01T01:59:59+00:00 fw-1 app: denied', REFERENCE);
    expect(header?.stamp?.at).toBe(DEVICE);
    expect(header).toMatchObject({ host: 'fw-1', tag: 'app', message: 'denied' });
  });

  it('keeps the time of the relay where the device states a priority only', () => {
    const header = parseSyslog('Mar  1 02:00:01 relay-1 <134>denied', REFERENCE);
    expect(header).toMatchObject({ host: 'relay-1', level: 6, rawTime: 'Mar  1 02:00:01', message: 'denied' });
  });
});

describe('a header as tools print it', () => {
  it.each([
    ['journalctl -o short-full', `Sun 2026-03-01 01:59:59 UTC fw-1 kernel: DROP`, 'explicit'],
    ['journalctl -o short-unix', `1772330399.000000 fw-1 kernel: DROP`, 'epoch'],
    ['short-full in another zone', `Sun 2026-03-01 01:59:59 CET fw-1 kernel: DROP`, 'assumed'],
    ['an ISO date with a blank', `2026-03-01 02:59:59+01:00 fw-1 kernel: DROP`, 'explicit'],
    ['the year first', `2026 Mar  1 01:59:59 fw-1 kernel: DROP`, 'assumed'],
  ])('tells time, host and tag: %s', (_, text, zone) => {
    const header = parseSyslog(text, REFERENCE);
    expect(header).toMatchObject({ host: 'fw-1', tag: 'kernel', message: 'DROP', stamp: { at: DEVICE, zone } });
  });

  it('tells time, level and tag: logread', () => {
    const header = parseSyslog('Sun Mar  1 01:59:59 2026 kern.warn kernel: DROP', REFERENCE);
    expect(header).toMatchObject({ level: 4, tag: 'kernel', message: 'DROP', stamp: { at: DEVICE } });
    expect(header?.host).toBeUndefined();
  });

  it('is none where no tag follows an ISO date', () =>
    expect(parseSyslog('2026-03-01 01:59:59 DROP IN=eth0', REFERENCE)).toBeUndefined());
});
