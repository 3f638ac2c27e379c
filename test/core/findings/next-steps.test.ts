import { expect, it } from 'vitest';
import { casesOf } from '../../../src/core/findings/findings.ts';
import { nextSteps } from '../../../src/core/findings/next-steps.ts';
import { OWN_CONFIGURATION, OWN_REPORT } from '../../../src/core/findings/own-files.ts';
import type { Report } from '../../../src/model/report.ts';
import { hostileReport } from '../../report/hostile.ts';

const sentences = (report: Report): readonly string[] =>
  nextSteps(report, casesOf(report)).map(({ pieces }) =>
    pieces.map((piece) => ('code' in piece ? `[${piece.code.slice(0, 5)}]` : piece.words.slice(0, 60))).join(''),
  );
const read = { coverage: 1, problems: [] };

it('says what to do about blame, about what is undecided and about what was not read', () => {
  const says = sentences(hostileReport(5));
  expect(says[0]).toBe('Open the worst incident, unapproved-egress: episode [=ep =] ran [curl ]');
  expect(says[1]).toBe('Keep 1 episode out of training: [=ep =]');
  expect(says[2]).toMatch(/^To settle 2 undecided incidents, collect: /);
  expect(says[3]).toBe('See under Inputs what could not be read, before you call the rest clean');
});

it('leads to the section that tells more', () => {
  const report = hostileReport(5);
  const steps = nextSteps(report, casesOf(report));
  expect(steps.map(({ about }) => about)).toEqual([
    { incident: report.incidents[0]?.id },
    undefined,
    undefined,
    { section: 'inputs' },
  ]);
});

it('asks for nothing where nothing was found and all was read', () => {
  expect(sentences({ ...hostileReport(0), ...read })).toEqual([]);
});

it('never tells anyone to drop an episode that no verdict blames', () => {
  const report = { ...hostileReport(5), ...read };
  const open = report.attributions.map((one) => ({ ...one, verdict: 'ambiguous' as const }));
  const incidents = report.incidents.map((one) => ({ ...one, verdict: 'ambiguous' as const }));
  expect(sentences({ ...report, attributions: open, incidents }).join()).not.toMatch(/episode|ran/);
});

it('puts the worst severity first among incidents of one verdict, whatever their time', () => {
  const report = hostileReport(15);
  const attributions = report.attributions.map((one, i) => {
    const severity = i === 10 ? ('critical' as const) : ('low' as const);
    return { ...one, violation: { ...one.violation, finding: { ...one.violation.finding, severity } } };
  });
  const order = casesOf({ ...report, attributions }).map(({ incident }) => incident.id);
  expect(order.slice(0, 3)).toEqual(['i-0000000a', 'i-00000000', 'i-00000005']);
});

it('sends nobody to the inputs for what is only to be known, as a file that was named twice', () => {
  const report = { ...hostileReport(5), coverage: 1 };
  const last = (severity: 'info' | 'warning') =>
    sentences({ ...report, problems: [{ severity, code: 'path-repeated', message: 'x' }] }).at(-1);
  expect(last('info')).not.toMatch(/^See under Inputs/);
  expect(last('warning')).toMatch(/^See under Inputs/);
});

it('sends nobody to the inputs for reports of earlier runs and empty files alone', () => {
  const report = { ...hostileReport(5), ...read };
  const [known] = report.inputs;
  if (known === undefined) throw new Error('no input');
  const last = (note: string, bytes: number) =>
    sentences({ ...report, inputs: [{ ...known, format: undefined, note, bytes }] }).at(-1);
  expect(last(OWN_REPORT, 9)).not.toMatch(/^See under Inputs/);
  expect(last(OWN_CONFIGURATION, 9)).not.toMatch(/^See under Inputs/);
  expect(last('empty', 0)).not.toMatch(/^See under Inputs/);
  expect(last('no format recognises it', 9)).toMatch(/^See under Inputs/);
});
