import { describe, expect, it } from 'vitest';
import type { RawRecord } from '../../../src/model/source.ts';
import { cutOf } from '../../../src/sources/cutting/frame.ts';
import { createUnwrapper, expandRecord, unwrapRecord } from '../../../src/sources/envelopes/unwrap.ts';

const record = (text: string): RawRecord => ({ text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } });
const at = 1_795_454_351_438_000;

/** What a table holds: its heading, and one row. */
function opened(heading: string, row: string) {
  const unwrap = createUnwrapper();
  expect(unwrap(record(heading))).toBeUndefined();
  return unwrap(record(row));
}

describe('a table with a column of lines', () => {
  it.each([
    ['Splunk', '"_time","_raw",host', '"2026-11-23T18:19:11.438+0100","say ""a"", b",gw', { observed: at, host: 'gw' }],
    ['Logs Insights', '@timestamp,@message', '2026-11-23 17:19:11.438,"say ""a"", b"', { observed: at }],
    [
      'Graylog',
      '"timestamp","source","message"',
      '2026-11-23T17:19:11.438Z,gw,"say ""a"", b"',
      { observed: at, host: 'gw' },
    ],
    ['Cloud Logging', 'insertId,textPayload,timestamp', '1,"say ""a"", b",2026-11-23T17:19:11.438Z', { observed: at }],
  ])('of %s gives them', (_, heading, row, stated) => {
    expect(cutOf('auto', `${heading}\n${row}\n`)).toBe('csv');
    const { text, observed, host } = opened(heading, row) ?? record('');
    expect(text).toBe('say "a", b');
    expect({ observed, host }).toEqual({ host: undefined, ...stated });
  });

  it('takes other envelopes off what a cell holds', () => {
    const cell = '"{""log"":""line\\n"",""stream"":""stdout"",""time"":""2026-11-23T17:19:11.438Z""}"';
    expect(opened('_raw,host', `${cell},gw`)).toMatchObject({ text: 'line', observed: at, host: 'gw' });
  });

  it.each([
    [
      'Log Analytics',
      '"TimeGenerated [UTC]",SourceIp,Rule',
      '"11/23/2026, 12:19:11.438 AM",10.0.0.5,',
      {
        'TimeGenerated [UTC]': '11/23/2026, 12:19:11.438 AM',
        TimeGenerated: '2026-11-23T00:19:11.438Z',
        SourceIp: '10.0.0.5',
      },
    ],
    [
      'Kibana',
      '@timestamp,source.ip,source.port,event.action',
      '"Nov 3, 2026 @ 17:19:11.438",10.0.0.5,40000,-',
      { '@timestamp': '2026-11-03T17:19:11.438', source: { ip: '10.0.0.5', port: '40000' } },
    ],
    [
      'the Logs Explorer',
      'jsonPayload.connection.src_ip,timestamp',
      '10.0.0.5,2026-11-23T17:19:11.438123456Z',
      { jsonPayload: { connection: { src_ip: '10.0.0.5' } }, timestamp: '2026-11-23T17:19:11.438123456Z' },
    ],
    ['columns within each other', 'source.ip,source,source.ip.x', '10.0.0.5,b,c', { source: { ip: { x: 'c' } } }],
  ])('of members gives documents: %s', (_, heading, row, document) => {
    expect(cutOf('auto', `${heading}\n${row}\n`)).toBe('csv');
    expect(JSON.parse(opened(heading, row)?.text ?? '')).toEqual(document);
  });

  it('of syslog messages gives lines under their header', () => {
    const heading = '"TimeGenerated [UTC]",Computer,SyslogMessage,ProcessName,ProcessID';
    expect(opened(heading, '"11/23/2026, 5:19:11.438 PM",gw,a line,sshd,12')).toMatchObject({
      text: '2026-11-23T17:19:11.438000Z gw sshd[12]: a line',
      observed: at,
      host: 'gw',
    });
  });

  it('leaves a row without the cell, and other tables', () => {
    expect(opened('_time,_raw', 'alone')?.text).toBe('alone');
    for (const heading of ['timestamp,message', 'ts,_raw(x)', '{"_raw":"a","b":1}', 'a _raw line, of words'])
      expect(createUnwrapper()(record(heading))?.text).toBe(heading);
  });
});

it('rows of Logs Insights in JSON, and the answer of its command line, give their lines', () => {
  const row = { '@timestamp': '2026-11-23 17:19:11.438', '@message': 'a\n' };
  expect(unwrapRecord(record(JSON.stringify(row)))).toMatchObject({ text: 'a', observed: at });
  const fields = Object.entries(row).map(([field, value]) => ({ field, value }));
  const answer = JSON.stringify({ results: [fields, fields], status: 'Complete' }, undefined, 4);
  expect(expandRecord(record(answer))).toMatchObject([{ text: 'a', observed: at }, { text: 'a' }]);
});
