import { expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import type { Micros } from '../../src/model/time.ts';

const context = { path: 'sample', zoneOffsetMin: 0, reference: 1_767_225_600_000_000 as Micros };
const ref = { source: 'sample', line: 1, offset: 0, bytes: 0 };

const URL = 'http://pool.example/x';
const AGENT = 'xmrig/6.21 (Linux)';

/** Lines of firewalls that saw a request: what they tell of its method and program. */
const LINES: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
  [
    'fortigate-kv',
    `date=2026-03-01 time=10:00:00 devname="fw" logid="0316013056" type="utm" subtype="webfilter" eventtime=1772359200 srcip=10.0.0.5 srcport=40000 dstip=203.0.113.9 dstport=80 proto=6 action="blocked" url="${URL}" httpmethod="POST" agent="${AGENT}"`,
    'POST',
    AGENT,
  ],
  [
    'cef',
    `CEF:0|Example|Proxy|1.0|100|Access denied|5|rt=1772359200000 src=10.0.0.5 spt=40000 dst=203.0.113.9 dpt=80 act=blocked requestMethod=CONNECT request=${URL} requestClientApplication=${AGENT}`,
    'CONNECT',
    AGENT,
  ],
  [
    'sophos-xg',
    `device="SFW" date=2026-03-01 time=10:00:00 timezone="UTC" device_name="XG" device_id=1 log_id=050901616001 log_type="Content Filtering" log_component="HTTP" log_subtype="Denied" fw_rule_id=2 url="${URL}" src_ip=10.0.0.5 dst_ip=203.0.113.9 protocol="TCP" src_port=40000 dst_port=80 user_agent="${AGENT}"`,
    undefined,
    AGENT,
  ],
  [
    'cisco-ftd',
    `%FTD-1-430003: EventPriority: Low, AccessControlRuleAction: Block, SrcIP: 10.0.0.5, DstIP: 203.0.113.9, SrcPort: 40000, DstPort: 80, Protocol: tcp, UserAgent: ${AGENT}, Client: x, URL: ${URL}`,
    undefined,
    AGENT,
  ],
  [
    'zscaler-web',
    `{"sourcetype":"zscalernss-web","event":{"time":"Sun Mar  1 10:00:00 2026","eurl":"${URL}","action":"Blocked","cip":"198.51.100.7","sip":"203.0.113.9","reqmethod":"GET","eua":"${AGENT.replace(/ /g, '%20')}"}}`,
    'GET',
    AGENT,
  ],
  [
    'zscaler-json',
    `{"sourcetype":"zscalernss-web","event":{"datetime":"2026-03-01 10:00:00","action":"Blocked","serverip":"203.0.113.9","ClientIP":"10.0.0.5","requestmethod":"NA","useragent":"Unknown","url":"${URL}","hostname":"pool.example"}}`,
    undefined,
    undefined,
  ],
  [
    'panos-json',
    `{"LogType":"THREAT","Subtype":"url","TimeGenerated":"2026-03-01T10:00:00.000000Z","SourceAddress":"10.0.0.5","DestinationAddress":"203.0.113.9","SourcePort":40000,"DestinationPort":80,"Protocol":"tcp","Action":"block-url","URL":"${URL}","UserAgent":"${AGENT}","HTTPMethod":"post"}`,
    'POST',
    AGENT,
  ],
];

it.each(LINES)('%s tells method and user agent of a request', (id, text, method, userAgent) => {
  const decoder = formats.find((format) => format.id === id)?.open(context);
  const result = decoder?.decode({ text, ref });
  const events = result?.status === 'decoded' ? result.events : [];
  const [event] = [...events, ...(decoder?.flush?.() ?? [])];
  expect(event).toMatchObject({ http: { url: URL } });
  const { http } = event as { http?: { method?: string; userAgent?: string } };
  expect([http?.method, http?.userAgent]).toEqual([method, userAgent]);
});
