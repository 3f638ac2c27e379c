import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIso } from '../../src/core/time/time.ts';
import { LINE, rollLines } from '../../src/formats/roll-log/line.ts';

const PARTS = /\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[([^\]]*)\]\[PID (\d+)\] /;
const ZONE = 480;

/** Each line for itself, by both expressions. */
function plainly(text: string) {
  const m = LINE.test(text) ? PARTS.exec(text) : null;
  const stamp = parseIso(m?.[1] ?? '', ZONE);
  if (m === null || stamp === undefined) return undefined;
  const messageAt = m.index + m[0].length;
  return { stamp, rawTime: m[1], origin: `${m[2]} ${m[3]}`, fromRay: !text.startsWith('['), messageAt };
}

const stamps = fc.constantFrom('2025-12-11 14:00:06', '2025-12-11 14:00:07', '2025-13-41 14:00:06', '2025-12-11 14:00');
const rays = fc.constantFrom('', '', '', '(EnvManager pid=7, ip=10.0.0.1) ', '\x1b[36m(A pid=7)\x1b[0m ', '[x] ');
const lines = fc
  .record({
    ray: rays,
    stamp: stamps,
    place: fc.constantFrom('a.py (1)', 'a.py', 'b [c.py (2)'),
    level: fc.constantFrom('INFO', 'info'),
    worker: fc.constantFrom('env 0 / 1', 'env 1 / 2', ''),
    pid: fc.constantFrom('1', '22', 'x'),
    message: fc.constantFrom('', 'm', '[ENV_RESET] START', '[2025-12-11 14:00:06] [a.py (1)] [INFO] [w][PID 1] n'),
  })
  .map(
    ({ ray, stamp, place, level, worker, pid, message }) =>
      `${ray}[${stamp}] [${place}] [${level}] [${worker}][PID ${pid}] ${message}`,
  );
const mutated = fc.tuple(lines, fc.nat(), fc.constantFrom('', '[', ']', ' ', 'é', '(')).map(([line, n, sign]) => {
  const at = n % (line.length + 1);
  return line.slice(0, at) + sign + line.slice(at + 1);
});

describe("lines of ROLL's log", () => {
  it('are read as each for itself would be, whatever stood before (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, lines, mutated), { maxLength: 8 }), (texts) => {
        const read = rollLines(ZONE);
        expect(texts.map((text) => read(text))).toEqual(texts.map(plainly));
      }),
      { numRuns: 1000 },
    );
  });
});
