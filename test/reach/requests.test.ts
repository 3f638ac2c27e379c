import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { alignedClocks } from '../../src/pipeline.ts';
import { ClockSample, MOST_REQUESTS } from '../../src/reach/keeping/clock-sample.ts';
import { KeptRequests } from '../../src/reach/keeping/kept-requests.ts';
import { timeOf } from '../event-time.ts';

const work = mkdtempSync(join(tmpdir(), 'requests-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const BEGIN = 1_795_454_400;
const urlOf = (n: number): string => `http://mirror.pkgs.example/simple/${n}.html`;

/** A proxy that is seven seconds late, and a sensor in front of it: none of its requests breaks a rule. */
function writeLateProxy(): void {
  const squid: string[] = [];
  const eve: string[] = [];
  for (let n = 0; n < 40; n++) {
    const at = BEGIN + n * 9;
    squid.push(
      `${at + 7}.500     20 10.70.0.11 TCP_MISS/200 764 GET ${urlOf(n % 8)} - HIER_DIRECT/198.51.100.10 text/html`,
    );
    eve.push(
      JSON.stringify({
        timestamp: new Date(at * 1000 + 480).toISOString().replace('Z', '000+0000'),
        event_type: 'http',
        src_ip: '10.70.0.11',
        src_port: 40_000 + n,
        dest_ip: '10.77.0.3',
        dest_port: 3128,
        proto: 'TCP',
        http: { hostname: 'mirror.pkgs.example', url: urlOf(n % 8), http_method: 'GET', status: 200 },
      }),
    );
  }
  writeFileSync(join(work, 'access.log'), `${squid.join('\n')}\n`);
  writeFileSync(join(work, 'eve.json'), `${eve.join('\n')}\n`);
}

function requestOf(line: number, url: string, ip = '10.70.0.11'): NetworkEvent {
  const at = 1e6 as Micros;
  return {
    kind: 'network',
    type: 'proxy',
    action: 'allow',
    clock: 'log',
    format: 'squid',
    ref: { source: 'access.log', line, offset: line * 100, bytes: 100 },
    time: timeOf(at, 'completion'),
    src: { ip },
    dst: { ip: '198.51.100.10' },
    http: { url },
  } as NetworkEvent;
}

describe('requests that are kept for the clocks', () => {
  it('place the clock of a proxy, whose log names no client ports, as if all of it were in memory', async () => {
    writeLateProxy();
    const offsets = async (memoryBytes: number) => {
      const { clocks } = await alignedClocks({ paths: [work], cwd: work, memoryBytes });
      return clocks.map(({ domain, method, offsetUs, pairs }) => ({ domain, method, offsetUs, pairs }));
    };
    const whole = await offsets(256e6);
    expect(whole.map(({ method }) => method).sort()).toEqual(['http', 'reference']);
    expect(await offsets(0)).toEqual(whole);
  });

  it('are those that short logs hold first, what is seldom asked for before the rest', () => {
    const often = Array.from({ length: 50 }, (_, i) => requestOf(i, urlOf(0)));
    const seldom = Array.from({ length: 4 }, (_, i) => requestOf(100 + i, urlOf(i + 1)));
    const sample = new ClockSample(1e12, (see) => {
      for (const event of [...often, ...seldom]) see(event);
    });
    expect(seldom.map((event) => sample.wantsRequest(event))).toEqual([true, true, true, true]);
    expect(sample.wantsRequest(requestOf(1, urlOf(0)))).toBe(false);
    // Only a request to a proxy names the whole address.
    expect(sample.wantsRequest(requestOf(1, '/simple/1.html'))).toBe(false);
  });

  it('are no more than the first of each log', () => {
    const kept = new KeptRequests(new ClockSample(1, () => {}));
    const lines = Array.from({ length: MOST_REQUESTS + 5 }, (_, i) => requestOf(i + 1, urlOf(0)));
    expect(lines.filter((event) => kept.take(event))).toHaveLength(MOST_REQUESTS);
    expect(lines.filter((event) => kept.has(event))).toHaveLength(MOST_REQUESTS);
  });
});
