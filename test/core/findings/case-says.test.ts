import { describe, expect, it } from 'vitest';
import { othersOf, surenessOf } from '../../../src/core/findings/case-says.ts';
import { type Case, casesOf } from '../../../src/core/findings/findings.ts';
import type { Attribution, Verdict } from '../../../src/model/attribution.ts';
import type { Report } from '../../../src/model/report.ts';
import { htmlPage } from '../../../src/report/html/index.ts';
import { markdown } from '../../../src/report/markdown/index.ts';
import { stix } from '../../../src/report/stix/index.ts';
import { renderTerminal } from '../../../src/report/terminal/index.ts';
import { PLAIN } from '../../../src/report/terminal/style.ts';
import { hostileReport } from '../../report/hostile.ts';

interface Member {
  readonly probability?: number;
  readonly reason?: string;
  readonly suspects?: readonly string[];
}

/** A report of one incident. */
function reportOf(verdict: Verdict, ...rows: readonly Member[]): Report {
  const report = hostileReport(rows.length);
  const [incident] = report.incidents;
  if (incident === undefined) throw new Error('a report without an incident');
  const attributions = rows.map((row, i) => ({
    ...(report.attributions[i] as Attribution),
    verdict,
    incident: incident.id,
    probability: row.probability ?? 0.9,
    reason: row.reason ?? 'why',
    candidates: (row.suspects ?? []).map((id) => ({ episode: { id }, probability: 0.5, evidence: [] })),
  }));
  const ids = attributions.map(({ violation }) => violation.id);
  return { ...report, attributions, incidents: [{ ...incident, verdict, attributions: ids, violations: ids.length }] };
}

function only(report: Report): Case {
  const [entry] = casesOf(report);
  if (entry === undefined) throw new Error('no case');
  return entry;
}

describe('how sure an incident is', () => {
  it.each<[Verdict, string | undefined]>([
    ['proven', '92 %'],
    ['likely', '92 %'],
    ['not-agent', '92 %'],
    ['ambiguous', undefined],
    ['unattributed', undefined],
  ])('%s: as its least sure member, where it is decided', (verdict, expected) => {
    expect(surenessOf(only(reportOf(verdict, { probability: 0.98 }, { probability: 0.92 })))).toBe(expected);
  });
});

describe('what the shown violation of an undecided incident does not say of the others', () => {
  it.each<[string, Verdict, readonly Member[], string | undefined]>([
    ['all have one reason', 'unattributed', [{ suspects: ['a'] }, { suspects: ['b'] }], undefined],
    ['it is decided', 'likely', [{ reason: 'x' }, { reason: 'y' }], undefined],
    ['one differs', 'unattributed', [{}, { reason: 'x' }], '1 of its 2 violations has another reason'],
    [
      'others are suspected, each once',
      'ambiguous',
      [{ suspects: ['a', 'b'] }, { reason: 'x', suspects: ['b', 'c'] }, { reason: 'y', suspects: ['d', 'c'] }],
      '2 of its 3 violations have other reasons, and c, d as suspects',
    ],
    [
      'many are',
      'unattributed',
      [{}, { reason: 'x', suspects: [...'abcdefgh'] }],
      '1 of its 2 violations has another reason, and a, b, c, d, e, f and 2 more as suspects',
    ],
  ])('%s', (_, verdict, rows, expected) => {
    expect(othersOf(only(reportOf(verdict, ...rows)))).toBe(expected);
  });
});

describe('every report for a person', () => {
  const options = { clean: (text: string) => text, command: 'egressblame logs' };
  const terminal = (report: Report): string =>
    renderTerminal(report, { ...options, width: 120, style: PLAIN, verbose: false });
  const text = (parts: Iterable<string>): string => [...parts].join('');
  const all = (report: Report): readonly string[] => [
    terminal(report),
    text(markdown.render(report, options)),
    text(htmlPage.render(report, options)),
  ];

  it('tells the same sureness', () => {
    const report = reportOf('likely', { probability: 0.98 }, { probability: 0.92 });
    for (const page of all(report)) expect([page.includes('92 %'), page.includes('98 %')]).toEqual([true, false]);
    expect(text(stix.render(report, options))).toContain('"confidence":92');
  });

  it('names who else is suspected', () => {
    const report = reportOf('unattributed', { suspects: ['a'] }, { reason: 'x', suspects: ['traj-2'] });
    for (const page of all(report)) expect(page).toContain('has another reason, and traj-2 as a suspect');
  });
});
