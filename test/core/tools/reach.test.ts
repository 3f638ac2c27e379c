import { expect, it } from 'vitest';
import { reachOf } from '../../../src/core/tools/reach.ts';

it.each([
  // Seconds from the call's start between which it may begin to connect.
  ['(sleep 12; curl -m 3 http://192.0.2.1/) >/dev/null 2>&1 & disown', 12, 132],
  ['sleep 5 && curl http://192.0.2.1/', 5, 125],
  ['cd /tmp; echo a; sleep 1.5; sleep 2m 1; ./x', 122.5, Infinity],
  ["nohup bash -c 'sleep 600; curl http://192.0.2.1/' &", 600, 780],
  ['curl http://192.0.2.1/; sleep 60; curl http://192.0.2.1/', 0, 240],
  ['for i in 1 2; do sleep 5; curl http://192.0.2.1/; done', 5, Infinity],
  ['sleep 5; curl --retry 5 http://192.0.2.1/', 5, Infinity],
  ['sleep 5; python3 x.py', 5, Infinity],
  ['N=1 sleep 5; A=2; (sleep 1) >/dev/tcp/192.0.2.1/80; sleep 9', 6, Infinity],
  // Nothing waits for it.
  ['sleep 5 & curl http://192.0.2.1/', 0, Infinity],
  ['(sleep 5; echo a) & curl http://192.0.2.1/', 0, Infinity],
  ['sleep 5 | nc 192.0.2.1 80', 0, Infinity],
  ['timeout 1 sleep 50; curl http://192.0.2.1/', 0, Infinity],
  ['(sleep 60; curl http://192.0.2.1/) & (sleep 5; curl http://192.0.2.2/) &', 0, Infinity],
  ["bash -c 'sleep 60; curl http://192.0.2.1/' & curl http://192.0.2.2/", 0, Infinity],
  ["bash -c 'sleep 60; curl http://192.0.2.1/' & echo started", 60, 240],
  // It connects again, or nobody knows how long something else takes.
  ['sleep 5; curl -sZ http://192.0.2.1/', 5, Infinity],
  ['sleep 5; curl -O http://192.0.2.1/x http://192.0.2.2/', 5, Infinity],
  ['sleep 5; curl http://192.0.2.1/ --next 192.0.2.2', 5, Infinity],
  ['sleep 5; wait; curl http://192.0.2.1/', 5, Infinity],
  ['/bin/sleep 600; curl http://192.0.2.1/', 0, Infinity],
  ['nice sleep 600; curl http://192.0.2.1/', 0, Infinity],
  // It may not sleep, or not so long.
  ['test -e x || sleep 50; curl http://192.0.2.1/', 0, Infinity],
  ['test -e x && sleep 50; curl http://192.0.2.1/', 0, 170],
  ['cd x && sleep 50 && echo a | curl -d @- http://192.0.2.1/', 50, 170],
  ['if test -e x; then sleep 50; fi; curl http://192.0.2.1/', 0, Infinity],
  ['while ! test -e x; do sleep 5; done; curl http://192.0.2.1/', 0, Infinity],
  ['f() { sleep 5; }; curl http://192.0.2.1/', 0, Infinity],
  ['sleep $N; curl http://192.0.2.1/', 0, Infinity],
  ['sleep $(cat n); curl http://192.0.2.1/', 0, Infinity],
  ['curl http://192.0.2.1/', 0, Infinity],
])('%s connects from %s to %s', (command, from, to) => {
  expect(reachOf(command)).toEqual({ from, to });
});
