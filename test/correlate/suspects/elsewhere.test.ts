import { expect, it } from 'vitest';
import { openElsewhere } from '../../../src/correlate/suspects/elsewhere.ts';

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'other.example': ['198.51.100.7'],
  'both.example': ['198.51.100.7', '203.0.113.9'],
};
const goesElsewhere = openElsewhere(
  { addressesOf: (name) => new Set(ANSWERS[name]) },
  { isProxy: (ip) => ip === '192.0.2.3' },
);
const flow = (ip: string, dstPort = 4444, domains: readonly string[] = []) => ({
  dstIps: new Set(ip === '' ? [] : [ip]),
  dstPort,
  domains: new Set(domains),
});
const FLOW = flow('203.0.113.9');

it.each([
  ['ssh -N -R 41000:127.0.0.1:6379 op@198.51.100.7', FLOW, true],
  ['curl http://198.51.100.7/ http://198.51.100.8/', FLOW, true],
  ['curl http://other.example/', FLOW, true],
  ['curl http://198.51.100.0/24', FLOW, true],
  // Neither files on a host nor modules and members in code are hosts.
  ['git ls-remote http://198.51.100.7/x.git', FLOW, true],
  ['python3 -c "import urllib.request as u; u.urlopen(\'http://198.51.100.7/\' + sys.argv[1])"', FLOW, true],
  ['git ls-remote http://198.51.100.7/x.git git@x.git:y', FLOW, false],
  ['fetch http://198.51.100.7/?to=x.git', FLOW, false],
  ["python3 -c \"connect(('urllib.request', 80), '198.51.100.7')\"", FLOW, false],
  // It may be the place, or lead to it.
  ['curl http://203.0.113.9/ http://198.51.100.7/', FLOW, false],
  ['curl http://both.example/', FLOW, false],
  ['curl http://nobody-asked.example/', FLOW, false],
  ['curl http://other.example/', flow('203.0.113.9', 443, ['other.example']), false],
  ['curl -x 192.0.2.3:3128 198.51.100.7', FLOW, false],
  ['curl http://198.51.100.7/', flow('192.0.2.3'), false],
  ['dig @198.51.100.7 x', flow('203.0.113.9', 53), false],
  ['curl http://198.51.100.7/', flow(''), false],
  // It names none.
  ['python3 train.py', FLOW, false],
  ['curl http://127.0.0.1:8080/', FLOW, false],
  // It counts.
  ['nmap 198.51.100.7 203.0.113.0/24', FLOW, false],
  ['nmap 198.51.100.7 203.0.113.1-20', FLOW, false],
  ['nc 198.51.100.7 80; nc 203.0.113.$i 80', FLOW, false],
  ['nc 198.51.100.7 80; nc 203.0.$j.$i 80', FLOW, false],
  ['nc 198.51.100.7 80; nc 203.0.113.8 80', FLOW, true],
])('%s goes elsewhere than %j: %s', (command, trail, expected) => {
  expect(goesElsewhere(command, trail)).toBe(expected);
});
