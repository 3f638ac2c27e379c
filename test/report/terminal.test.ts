import { describe, expect, it, vi } from 'vitest';
import { OWN_REPORT } from '../../src/core/findings/own-files.ts';
import { micros } from '../../src/core/time/time.ts';
import type { Report } from '../../src/model/report.ts';
import { renderExplanation } from '../../src/report/terminal/explain.ts';
import { renderTerminal } from '../../src/report/terminal/index.ts';
import type { TerminalOptions } from '../../src/report/terminal/options.ts';
import { PLAIN } from '../../src/report/terminal/style.ts';
import { hostileReport } from './hostile.ts';

const options: TerminalOptions = {
  width: 80,
  style: PLAIN,
  clean: (text) => text,
  command: 'egressblame logs',
  verbose: false,
};

function linesOf(report: Partial<Report>, more: Partial<TerminalOptions> = {}, violations = 5): readonly string[] {
  return renderTerminal({ ...hostileReport(violations), ...report }, { ...options, ...more }).split('\n');
}

/** What stands before the first incident, and what after the last. */
function partsOf(lines: readonly string[]): { readonly head: string; readonly foot: string } {
  const read = lines.findIndex((line) => line.startsWith('Read '));
  return { head: lines.slice(0, lines.indexOf('')).join(' '), foot: lines.slice(read).join(' ') };
}

/** Of the numbers that a pattern finds. */
function sumOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((sum, [, a, b]) => sum + Number(a ?? b), 0);
}

const clock = { intervalUs: [0, 1] as const, driftPpm: 0, steps: [], pairs: 9, method: 'flow' };

describe('the report on a terminal', () => {
  it('says beside the verdict what makes the answer less than whole, once', () => {
    const says = 'stopped after 1 of 9 MB';
    const problems = [
      { severity: 'error', code: 'interrupted', message: says } as const,
      { severity: 'warning', code: 'x', message: 'of no weight' } as const,
    ];
    const lines = linesOf({ problems }, { because: says });
    const { head, foot } = partsOf(lines);
    expect([head, foot]).toEqual([expect.stringContaining(`! ${says}`), expect.stringContaining('! of no weight')]);
    expect(lines.join('\n').split(says)).toHaveLength(2);
    expect(partsOf(linesOf({}, { because: 'too little was read' })).head).toContain(
      '! cannot say clean: too little was read',
    );
  });

  it('repeats the verdict where the first lines have left the screen', () => {
    const { head, foot } = partsOf(linesOf({}));
    expect(foot).toContain(head.slice(0, 40));
    expect(partsOf(linesOf({}, {}, 2)).foot).not.toContain('violations:');
  });

  it('of many incidents shows a table by kind first, the worst in full, others in two lines with id and culprit', () => {
    const report = hostileReport(60);
    const count = report.incidents.length;
    expect(count).toBeGreaterThan(40);
    const text = linesOf({}, {}, 60).join('\n');
    const table =
      /how sure +what +episodes +calls +incidents +violations\n([\s\S]*?)\n\n/.exec(text)?.[1]?.split('\n') ?? [];
    const cells = table.map((row) => /^(\S \S+) +(\S+) +(\d+|-) +(\d+|-) +(\d+) +(\d+)$/.exec(row)?.slice(1) ?? []);
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.reduce((sum, row) => sum + Number(row[4]), 0)).toBe(count);
    expect(cells.reduce((sum, row) => sum + Number(row[5]), 0)).toBe(report.attributions.length);
    expect(text.indexOf('how sure')).toBeLessThan(text.indexOf('  evidence '));
    expect(text.match(/^ {2}evidence {3}egressblame explain v-/gm)).toHaveLength(10);
    const brief = text.match(/^ {2}v-\S+ {2}\S/gm)?.length ?? 0;
    const alike = sumOf(text, /(\d+) more incidents? for the same|and (\d+) incidents? alike, /g);
    const rest = sumOf(text, /(\d+) more incidents?; all of them:/g);
    expect(brief).toBeGreaterThan(20);
    expect(10 + brief + alike + rest).toBe(count);
    expect(linesOf({}, {}, 2).join('\n')).not.toContain('how sure');
  });

  it('tells undecided incidents once that differ only in where they went', () => {
    const { attributions, incidents } = hostileReport(20);
    const open = attributions.find(({ verdict }) => verdict === 'unattributed');
    const incident = incidents.find(({ id }) => id === open?.incident);
    if (open === undefined || incident === undefined) throw new Error('no undecided incident');
    const { event } = open.violation;
    const hosts = Array.from({ length: 6 }, (_, i) => i + 1);
    const report = {
      attributions: hosts.map((n) => ({
        ...open,
        incident: `i-${n}`,
        reason: n === 6 ? 'another' : 'nothing leads to a sandbox',
        violation: { ...open.violation, id: `v-${n}`, event: { ...event, dst: { ip: `198.51.100.${n}`, port: 22 } } },
      })),
      incidents: hosts.map((n) => ({ ...incident, id: `i-${n}`, attributions: [`v-${n}`] })),
    };
    const lines = linesOf(report);
    expect(lines.filter((line) => line.startsWith('  evidence '))).toEqual([
      '  evidence   egressblame explain v-1 logs',
      '  evidence   egressblame explain v-6 logs',
    ]);
    const at = lines.findIndex((line) => line.startsWith('  alike '));
    expect(lines.slice(at, at + 3).map((line) => line.trim())).toEqual([
      'alike      4 more incidents for the same reason: to 198.51.100.2:22 (v-2), to',
      '198.51.100.3:22 (v-3), to 198.51.100.4:22 (v-4) and 1 more',
      expect.any(String),
    ]);
  });

  it.each([40, 60, 80])('at %i columns no line is wider, and nothing in them acts', (width) => {
    const lines = linesOf({}, { width }, 60);
    const wide = lines.filter((line) => [...line].length > width && !/explain|egressblame/.test(line));
    expect(wide).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not pass
    expect(lines.filter((line) => /[\u0000-\u001f\u202e]/.test(line))).toEqual([]);
  });

  it('gives times their zone, and keeps numbers and units together', () => {
    const lines = linesOf({});
    expect(lines.join('\n')).toMatch(/\d\d:\d\d:\d\d\.\d{3} UTC/);
    for (const width of [60, 70, 72, 74, 80])
      expect(linesOf({}, { width }).filter((line) => /^%/.test(line))).toEqual([]);
  });

  it.each([
    [0.9, ''],
    [1, ', over 1 second'],
    [59, ', over 59 seconds'],
    [60, ', over 1 minute'],
    [3599, ', over 60 minutes'],
    [7200, ', over 2 hours'],
    [35.9 * 3600, ', over 1 day'],
    [36.5 * 3600, ', over 2 days'],
    [40 * 86_400, ', over 40 days'],
  ])('tells how long %f seconds are, whatever the clocks of the place do meanwhile', (seconds, says) => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const [one] = hostileReport(1).incidents;
    if (one === undefined) throw new Error('no incident');
    const first = Date.UTC(2026, 9, 24, 12) * 1000;
    const incident = { ...one, first: micros(first), last: micros(first + seconds * 1e6) };
    const text = linesOf({ incidents: [incident] }, { width: 400 }, 1).join('\n');
    expect(text).toContain(`12:00:00.000 UTC${says}\n`);
    vi.unstubAllEnvs();
  });

  it('names clocks that were put right, and leaves out what is apart anyway', () => {
    const clocks = [
      { ...clock, domain: 'fw.log', offsetUs: 28_799_700_000, zone: 'UTC+08:00 written as UTC' },
      { ...clock, domain: 'proxy.log', offsetUs: -1_700_000, zone: 'UTC' },
      { ...clock, domain: 'near.log', offsetUs: 30_000, zone: 'UTC' },
    ];
    expect(partsOf(linesOf({ clocks })).foot.replaceAll('\n', ' ')).toContain(
      'Clocks put right: fw.log 8.00 h ahead (UTC+08:00 written as UTC), proxy.log 1.7 s behind; all of them:   egressblame clocks logs',
    );
    expect(partsOf(linesOf({ clocks: clocks.slice(2) })).foot).not.toContain('Clocks');
  });

  it('gives commands that can be copied, each whole in its line, whatever the width', () => {
    const command = "egressblame '/srv/logs of the night' --tz fw=+08:00";
    const clocks = [{ ...clock, domain: 'fw.log', offsetUs: 28_799_700_000, zone: 'UTC+08:00 written as UTC' }];
    const [input] = hostileReport(1).inputs;
    const inputs = [
      { ...input, format: 'netfilter-log', records: { ...input?.records, failed: 1 } },
    ] as Report['inputs'];
    const lines = linesOf({ clocks, inputs }, { width: 40, command });
    const called = (name: string): string => `  ${command.replace(' ', ` ${name} `)}`;
    expect(lines).toContain(called('clocks'));
    expect(lines).toContain(`${called('inspect')}  shows the bad records`);
  });

  it('says which kinds of records are not there at all, where violations stay open', () => {
    const { foot } = partsOf(linesOf({}));
    for (const what of ['agent traces', 'leases', 'telemetry']) expect(foot).toContain(what);
    const [input] = hostileReport(1).inputs;
    const inputs = input === undefined ? [] : [{ ...input, roles: ['tool-call', 'lease', 'socket'] as const }];
    expect(partsOf(linesOf({ inputs })).foot).not.toContain('not among the inputs');
    expect(partsOf(linesOf({}, {}, 2)).foot).not.toContain('not among the inputs');
  });

  it('says so beside the verdict where nobody is blamed', () => {
    const attributions = hostileReport(4).attributions.slice(2);
    expect(partsOf(linesOf({ attributions })).head).toContain(
      '! not among the inputs, and would settle more: agent traces',
    );
    expect(partsOf(linesOf({})).head).not.toContain('not among the inputs');
    expect(linesOf({ attributions }).join('\n').split('not among the inputs')).toHaveLength(2);
  });

  it('names files of its own in one line, where they are not listed one by one', () => {
    const [input] = hostileReport(1).inputs;
    const own = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
      ...input,
      path: `${name}.html`,
      format: undefined,
      note: OWN_REPORT,
    }));
    const inputs = own as readonly unknown[] as Report['inputs'];
    expect(partsOf(linesOf({ inputs }, { width: 200 })).foot).toContain(
      'Left out, as egressblame wrote it or is told by it: a.html, b.html, c.html, d.html, e.html and 1 more.',
    );
    expect(linesOf({ inputs }).join('\n')).not.toContain(OWN_REPORT.slice(0, 30));
    const listed = linesOf({ inputs }, { verbose: true, width: 200 }).join('\n');
    expect(listed).toContain(`f.html: ${OWN_REPORT}`);
    expect(listed).not.toContain('Left out');
  });

  it('says that a stream must be given again to what comes next', () => {
    expect(linesOf({ arguments: ['logs', '/dev/fd/63'] })).toContain(
      'Next, with the same stream again, as <(...), in place of /dev/fd/63:',
    );
    expect(linesOf({ arguments: ['-'] })).toContain('Next, with the same stream again (- reads it):');
    expect(linesOf({ arguments: ['logs'] })).toContain('Next:');
  });

  it('gives the command that shows the incidents left out', () => {
    expect(linesOf({}, {}, 200).join('\n')).toMatch(
      /^ {2}\d+ more incidents; all of them: egressblame logs -o night\.html$/m,
    );
  });
});

describe('an explanation', () => {
  const [decided, , , open] = hostileReport(5).attributions;

  it.each([
    ['a decided cause has a probability', decided, /^v-\w+: proven, probability 90 %\n/],
    ['an open one has none', open, /^v-\w+: unattributed\n/],
  ])('%s', (_, attribution, says) => {
    expect(attribution && renderExplanation(attribution, () => undefined, options)).toMatch(says);
  });

  it('says from where to where', () => {
    if (decided === undefined) throw new Error('no attribution');
    const { violation } = decided;
    const ends = { src: { ip: '192.0.2.1', port: 4000 }, dst: { ip: '2001:db8::1', port: 443 } };
    const event = {
      ...violation.event,
      kind: 'network',
      type: 'flow',
      action: 'deny',
      transport: 'tcp',
      ...ends,
    } as const;
    const moved = { ...decided, violation: { ...violation, event } } as typeof decided;
    const wide = { ...options, width: 120 };
    const text = renderExplanation(moved, () => undefined, wide);
    expect(text).toMatch(/^ {2}deny tcp from 192\.0\.2\.1:4000 to (?:\[2001:db8::1\]|\S+):443$/m);
  });

  it('quotes each raw line once, beneath what first rests on it, and names an id that is its own name once', () => {
    if (decided === undefined) throw new Error('no attribution');
    const { violation, evidence, toolCall: _call, process: _process, ...bare } = decided;
    const ref = { ...violation.event.ref, source: 'fw.log' };
    const event = { ...violation.event, ref } as typeof violation.event;
    const [first] = evidence;
    if (first === undefined) throw new Error('no evidence');
    const other = { ...ref, line: ref.line + 1, offset: ref.offset + 9 };
    const facts = [
      { ...first, refs: [ref] },
      { ...first, refs: [other] },
    ];
    const rule = { id: 'FW-META', name: 'FW-META' };
    const named = { ...violation, event, alsoSeen: [], finding: { ...violation.finding, rule } };
    const text = renderExplanation(
      { ...bare, violation: named, evidence: facts },
      ({ line }) => `raw line ${line}`,
      options,
    );
    expect(text).toMatch(/^ {2}FW-META, /m);
    expect(text.match(new RegExp(`^ +raw line ${ref.line}$`, 'gm'))).toEqual([`    raw line ${ref.line}`]);
    expect(text).toMatch(new RegExp(`^ {4}fw\\.log:${ref.line}, quoted above$`, 'm'));
    expect(text).toMatch(new RegExp(`^ {4}fw\\.log:${other.line}\\n {6}raw line ${other.line}$`, 'm'));
  });

  it('tells one moment once, and that there is no evidence', () => {
    if (decided === undefined) throw new Error('no attribution');
    const violation = { ...decided.violation, last: decided.violation.first };
    const text = renderExplanation({ ...decided, violation, evidence: [] }, () => undefined, options);
    expect(text).toContain('\nEvidence: none\n');
    expect(text.split(/T06:\d\d:\d\d\.\d+Z/)).toHaveLength(2);
  });
});
