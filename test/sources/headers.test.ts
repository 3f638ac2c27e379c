import { describe, expect, it } from 'vitest';
import { awsVpcflow } from '../../src/formats/aws-vpcflow/index.ts';
import { cef } from '../../src/formats/cef/index.ts';
import { leef } from '../../src/formats/leef/index.ts';
import { snortFast } from '../../src/formats/snort-fast/index.ts';
import { squid } from '../../src/formats/squid/index.ts';
import type { Micros } from '../../src/model/time.ts';
import { unwrapRecord } from '../../src/sources/envelopes/unwrap.ts';

const ref = { source: 'x', line: 1, offset: 0, bytes: 0 };
const JSON_LINE = '{"event_type":"alert","src_ip":"10.0.0.5","note":"a } b"}';
const AT = 1_772_330_401_123_456;

describe('a JSON object behind a header', () => {
  it.each([
    ['RFC 5424', `<134>1 2026-03-01T02:00:01.123456Z node-1 suricata 812 - - ${JSON_LINE}`, 'node-1', AT],
    [
      'RFC 5424 with structured data',
      `<134>1 2026-03-01T02:00:01.123456Z - a 1 - [x@1 k="v"] ${JSON_LINE}`,
      undefined,
      AT,
    ],
    ['RFC 3164, no zone', `<134>Mar  1 02:00:01 node-1 suricata[812]: ${JSON_LINE}`, 'node-1', undefined],
    ['CEE cookie', `Mar  1 02:00:01 node-1 suricata[812]: @cee: ${JSON_LINE}`, 'node-1', undefined],
    ['rsyslog ISO', `2026-03-01T02:00:01.123456+00:00 node-1 suricata: ${JSON_LINE}`, 'node-1', AT],
    ['priority alone', `<134>${JSON_LINE}`, undefined, undefined],
    ['kubectl logs --timestamps', `2026-03-01T02:00:01.123456789Z ${JSON_LINE}`, undefined, AT],
    ['docker compose logs', `sensor-1  | ${JSON_LINE}`, undefined, undefined],
  ])('%s', (_, text, host, observed) => {
    const { ref: _ref, ...rest } = unwrapRecord({ text, ref });
    expect(rest).toEqual({
      text: JSON_LINE,
      isUnwrapped: true,
      ...(host === undefined ? {} : { host }),
      ...(observed === undefined ? {} : { observed }),
    });
  });

  it.each([
    ['words of its own', `2026-03-01 02:00:01.123456789 +0000 UTC k8s.io /tasks/exit {"container_id":"6f0c"}`],
    ['a log line that ends in an object', `2026-03-01T02:00:01Z node-1 INFO done with {"a":1}`],
    ['text behind the object', `<134>Mar  1 02:00:01 node-1 app: ${JSON_LINE} and more`],
  ])('is left where %s stand before it or behind', (_, text) => {
    expect(unwrapRecord({ text, ref }).text).toBe(text);
  });

  it('pods of kubectl logs --prefix go before any line', () => {
    expect(unwrapRecord({ text: '[pod/sbx-1/main] May 1 anything', ref }).text).toBe('May 1 anything');
  });

  it.each<[string, string, string, number?]>([
    ['padded', 'dns-1       | query from', 'query from'],
    ['of its first version', 'night_dns_1 | query from', 'query from'],
    ['in colour', '\u001B[36mdns-1  | \u001B[0mquery from', 'query from'],
    ['with times', 'dns-1  | 2026-11-23T17:19:03.123456789Z query from', 'query from', 1_795_454_343_123_456],
    ['before an object', 'dns-1  | {"a":" | "}', '{"a":" | "}'],
    ['but a row of a table stays', 'node-1 | 10.0.0.1 | up', 'node-1 | 10.0.0.1 | up'],
    ['but words stay', 'dns | query', 'dns | query'],
  ])('containers of docker compose logs go before any line: %s', (_, text, inside, observed) => {
    const record = unwrapRecord({ text, ref });
    expect([record.text, record.observed]).toEqual([inside, observed]);
  });
});

describe('a line that carries its own time, behind a header', () => {
  const SQUID = '1772330401.250    120 10.0.0.5 TCP_DENIED/403 3900 CONNECT pool.example:443 - HIER_NONE/- text/html';
  const SNORT =
    '03/01-02:00:01.250000 [**] [1:2024792:3] ET MINER [**] [Priority: 1] {TCP} 10.0.0.5:41234 -> 198.51.100.7:3333';

  it.each([
    [squid, SQUID],
    [snortFast, SNORT],
    [awsVpcflow, '2 123456789012 eni-0a1b 10.0.0.5 198.51.100.7 41234 3333 6 5 300 1772330400 1772330460 REJECT OK'],
    [cef, '0|Example|Gate|1.0|100|miner pool|8|rt=1772330401250 src=10.0.0.5 dst=198.51.100.7 act=blocked'],
    [leef, '1.0|Example|Gate|1.0|100|devTime=1772330401250\tsrc=10.0.0.5\tdst=198.51.100.7\taction=deny'],
  ])('$id reads it alike', (format, line) => {
    const context = { path: 'x', zoneOffsetMin: 0, reference: 1_775_000_000_000_000 as Micros };
    const read = (text: string): unknown => {
      expect(format.claims({ text, json: undefined }).score).toBeGreaterThan(0.5);
      const decoder = format.open(context);
      const result = decoder.decode({ text, ref });
      const events = [...(result.status === 'decoded' ? result.events : []), ...(decoder.flush?.() ?? [])];
      return events.map(({ host: _host, time: { observed: _observed, ...time }, ...rest }) => ({ ...rest, time }));
    };
    const plain = read(line);
    expect(plain).toHaveLength(1);
    for (const header of [
      '<134>',
      '<134>Mar  1 02:00:02 node-1 ',
      'Mar  1 02:00:02 node-1 app[12]: ',
      '<134>1 2026-03-01T02:00:02Z node-1 app 12 - - ',
      '2026-03-01T02:00:02.5Z ',
      '2026-03-01T02:00:02+00:00 node-1 app: ',
      '2026-03-01T02:00:02+00:00 node-1 ',
      '  ',
    ])
      expect(read(header + line), header).toEqual(plain);
  });
});
