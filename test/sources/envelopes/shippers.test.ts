import { describe, expect, it } from 'vitest';
import type { RawRecord } from '../../../src/model/source.ts';
import { expandRecord, unwrapRecord } from '../../../src/sources/envelopes/unwrap.ts';

const record = (value: object): RawRecord => {
  const text = JSON.stringify(value);
  return { text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } };
};
const ISO = '2026-11-23T17:19:04.121Z';
const observed = Date.parse(ISO) * 1000;
const line = 'DROP IN=br0 OUT=eth0';
const plain = { text: line, observed, host: 'gw' };
const headed = { ...plain, text: `2026-11-23T17:19:04.121000Z gw dnsmasq[55]: ${line}` };

describe('what log shippers and stores put around a line', () => {
  it.each([
    ['Loki, by logcli', { labels: { host: 'gw' }, line, timestamp: ISO }, plain],
    ['Loki, by Grafana', { line, timestamp: `${observed}000`, date: ISO, fields: { host: 'gw' } }, plain],
    ['Fluent Bit', { date: observed / 1e6, log: `${line}\n`, kubernetes: { host: 'gw' } }, plain],
    [
      'Fluent Bit beside a container',
      { date: ISO, stream: 'stdout', _p: 'F', log: line, kubernetes: { host: 'gw' } },
      plain,
    ],
    ['Vector, a file', { file: '/x.log', host: 'gw', message: line, source_type: 'file', timestamp: ISO }, plain],
    [
      'Vector, syslog',
      {
        appname: 'dnsmasq',
        hostname: 'gw',
        message: line,
        procid: 55,
        source_ip: '10.0.0.9',
        source_type: 'syslog',
        timestamp: ISO,
      },
      headed,
    ],
    [
      'Filebeat',
      { '@timestamp': ISO, '@metadata': { beat: 'filebeat' }, message: line, host: { name: 'gw' }, log: { offset: 1 } },
      plain,
    ],
    ['Logstash', { '@timestamp': ISO, '@version': '1', message: line, host: 'gw' }, plain],
    ['Datadog', { _id: 'A', date: ISO, host: 'gw', message: line, service: 'fw', tags: [] }, plain],
    [
      'Cloud Logging, text',
      {
        insertId: 'a',
        labels: { 'compute.googleapis.com/resource_name': 'gw' },
        textPayload: `${line}\n`,
        timestamp: ISO,
      },
      plain,
    ],
    [
      'Cloud Logging, syslog',
      { insertId: 'a', jsonPayload: { ident: 'dnsmasq', pid: '55', host: 'gw', message: line }, timestamp: ISO },
      headed,
    ],
    ['GELF', { version: '1.1', host: 'gw', short_message: line, timestamp: observed / 1e6 }, plain],
    ['VictoriaLogs', { _time: ISO, _stream: '{}', _msg: line, host: 'gw' }, plain],
    ['Fluentd, syslog', { host: 'gw', ident: 'dnsmasq', pid: '55', message: line, time: ISO }, headed],
    [
      'rsyslog',
      { msg: line, rawmsg: `<4>${line}`, timereported: ISO, hostname: 'gw', syslogtag: 'kernel:' },
      { ...plain, text: `<4>${line}` },
    ],
    [
      'syslog-ng',
      { PROGRAM: 'dnsmasq', PID: '55', HOST: 'gw', DATE: 'Nov 23 17:19:04', MESSAGE: line },
      { text: `Nov 23 17:19:04 gw dnsmasq[55]: ${line}`, host: 'gw' },
    ],
    [
      'Wazuh, an alert',
      {
        timestamp: '2026-11-23T17:19:04.121+0000',
        rule: { level: 5, description: 'drop', id: '4101' },
        agent: { id: '001', name: 'gw', ip: '10.0.0.1' },
        manager: { name: 'wazuh' },
        full_log: line,
        decoder: { name: 'kernel' },
        location: '/var/log/kern.log',
      },
      plain,
    ],
    [
      'Wazuh, a JSON line taken apart',
      {
        timestamp: '2026-11-23T17:19:04.121+0000',
        agent: { id: '001', name: 'gw' },
        decoder: { name: 'json' },
        data: { event_type: 'alert', src_port: '40001' },
        location: '/var/log/suricata/eve.json',
      },
      { ...plain, text: '{"event_type":"alert","src_port":"40001"}' },
    ],
  ])('%s', (_, envelope, expected) => {
    expect(unwrapRecord(record(envelope))).toMatchObject(expected);
  });

  it.each([
    ['a message of an agent', { '@timestamp': ISO, '@version': '1', message: line, tool: 'bash' }],
    ['a payload that is more than a line', { insertId: 'a', jsonPayload: { message: line, disposition: 'DENIED' } }],
    [
      'an alert of Wazuh without its line',
      { timestamp: ISO, rule: { level: 5 }, agent: { id: '001' }, decoder: { name: 'kernel' }, location: 'x' },
    ],
    ['a log record of a trainer', { date: ISO, log: { message: line } }],
  ])('%s stays', (_, value) => {
    const whole = record(value);
    expect(unwrapRecord(whole)).toBe(whole);
  });

  it('a device whose lines the manager of Wazuh receives is not the manager', () => {
    const alert = {
      timestamp: ISO,
      rule: { level: 5 },
      agent: { id: '000', name: 'wazuh' },
      full_log: line,
      location: '10.0.0.9',
    };
    expect(unwrapRecord(record(alert))).toMatchObject({ text: line, observed });
    expect(unwrapRecord(record(alert)).host).toBe(undefined);
  });

  const batch = (attributes: readonly object[]): object => ({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'host.name', value: { stringValue: 'gw' } }] },
        scopeLogs: [{ logRecords: [{ timeUnixNano: `${observed}000`, body: { stringValue: line }, attributes }] }],
      },
    ],
  });

  it('a batch of lines that the OpenTelemetry Collector read from files is those lines; one of an agent stays', () => {
    const file = { key: 'log.file.name', value: { stringValue: 'fw.log' } };
    expect(expandRecord(record(batch([file])))).toMatchObject([plain]);
    expect(expandRecord(record(batch([{ key: 'gen_ai.tool.name', value: { stringValue: 'log.file.' } }])))).toBe(
      undefined,
    );
  });

  it("Loki's answer to a query is its lines", () => {
    const result = [{ stream: { host: 'gw' }, values: [[`${observed}000`, line]] }];
    expect(expandRecord(record({ status: 'success', data: { resultType: 'streams', result } }))).toMatchObject([plain]);
  });
});
