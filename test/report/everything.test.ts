import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verdictSentence } from '../../src/core/findings/findings.ts';
import type { Report } from '../../src/model/report.ts';
import { formatById } from '../../src/report/index.ts';
import { renderExplanation } from '../../src/report/terminal/explain.ts';
import { renderTerminal } from '../../src/report/terminal/index.ts';
import type { TerminalOptions } from '../../src/report/terminal/options.ts';
import { COLOURED, PLAIN } from '../../src/report/terminal/style.ts';
import { matchesGolden } from '../golden.ts';
import { adviceOn } from './advice.ts';
import { accepted, everything } from './everything.ts';

const golden = (name: string, text: string): void => matchesGolden(join(import.meta.dirname, 'goldens', name), text);
const clean = (text: string): string => text;
const terminal: TerminalOptions = { width: 80, style: PLAIN, clean, command: 'egressblame logs', verbose: false };

async function render(id: string, report: Report): Promise<string> {
  const reporter = await formatById(id)?.load();
  if (reporter === undefined) throw new Error(`no format ${id}`);
  const raw = ({ source, line }: { source: string; line: number }): string => `raw line ${line} of ${source}`;
  const options = { clean, command: 'egressblame logs', raw, advice: adviceOn(report) };
  return [...reporter.render(report, options)].join('');
}

/** Without the style and the script, which are the same in every page. */
const body = (page: string): string =>
  page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').replace(/sha256-[\w+/=]+/g, 'sha256-');

describe('the golden of a report that holds everything', () => {
  it.each(['json', 'markdown', 'csv', 'github', 'stix', 'ecs'])('%s', async (id) => {
    golden(`everything.${id}.txt`, await render(id, everything));
  });

  it.each(['sarif', 'junit', 'gitlab', 'ocsf', 'timesketch'])('%s, with a baseline', async (id) => {
    golden(`everything.${id}.txt`, await render(id, accepted));
  });

  it('html', async () => {
    golden('everything.html.txt', body(await render('html', everything)));
  });

  it('the terminal', () => {
    golden('everything.terminal.txt', renderTerminal(everything, terminal));
  });

  it('the terminal, narrow, coloured and with all inputs', () => {
    const text = renderTerminal(everything, { ...terminal, width: 46, style: COLOURED, verbose: true });
    golden('everything.narrow.txt', text.replaceAll('\u001b', '␛'));
  });

  it('an explanation of each violation, where the originals of the firewall can be read', () => {
    const raw = ({ source, line }: { source: string; line: number }): string | undefined =>
      source.startsWith('fw/') ? `raw line ${line} of ${source}` : undefined;
    const told = everything.attributions.filter(
      ({ violation }) => !['v-1', 'v-2', 'v-3', 'v-31'].includes(violation.id),
    );
    const texts = told.map((one) => renderExplanation(one, raw, terminal));
    golden('everything.explain.txt', texts.join(`\n${'='.repeat(80)}\n`));
  });
});

describe('the sentence of the whole result', () => {
  const blamed = everything.attributions.filter(({ verdict }) => verdict === 'likely' || verdict === 'proven');
  const [proven, likely, folded] = ['v-0', 'v-10', 'v-11'].map((id) =>
    blamed.find(({ violation }) => violation.id === id),
  );
  if (proven === undefined || likely === undefined || folded === undefined) throw new Error('not in the report');
  const says = (...attributions: Report['attributions']): string => verdictSentence({ ...everything, attributions });
  const left = everything.attributions.filter((one) => !blamed.includes(one));

  it.each([
    ['a call and its episode', [proven, proven], 'were caused by 1 tool call in 1 episode.'],
    [
      'calls of two episodes that have one id',
      [likely, { ...likely, episode: { id: 'traj-3' } }],
      'were caused by 2 tool calls in 2 episodes.',
    ],
    ['an episode of which the call is not known', [folded], 'was caused by 1 episode.'],
    ['calls, and an episode of which the call is not known', [likely, folded], 'by 1 tool call in 2 episodes.'],
    ['nobody who is only suspected', left, 'none can be laid on an agent, 1 by no agent, 4 cannot be decided.'],
    ['nothing', [], '^No violation in what was read.'],
  ])('counts %s', (_, attributions, end) => {
    expect(says(...attributions)).toMatch(new RegExp(`${end}$`));
  });

  it.each<[string, Partial<Report>, string]>([
    ['what a baseline accepts', { baseline: accepted.baseline }, ' The baseline accepts 1 more.'],
    [
      'and where nothing else was found',
      { baseline: accepted.baseline, attributions: [] },
      'No new violation in what was read; the baseline accepts 1.',
    ],
    ['and where nothing could be read', { attributions: [], coverage: 0 }, 'Cannot say: nothing readable was found.'],
  ])('tells %s', (_, facts, end) => {
    expect(verdictSentence({ ...everything, ...facts }).endsWith(end)).toBe(true);
  });
});

describe('a report of nothing', () => {
  const nothing = { ...everything, attributions: [], incidents: [] };

  it('is one case in JUnit: an error where nothing could be read', async () => {
    expect(await render('junit', nothing)).toMatch(/tests="1" failures="0" errors="0".*\n.*errors="0".*\n.*\/>\n/);
    const unread = await render('junit', { ...nothing, coverage: 0 });
    expect(unread).toMatch(/tests="1" failures="0" errors="1".*\n.*errors="1".*\n.*<error message="nothing readable/);
    expect(await render('junit', { ...everything, coverage: 0 })).toContain('errors="0"');
  });
});

describe('what comes next on a terminal', () => {
  const next = (report: Partial<Report>): readonly string[] => {
    const lines = renderTerminal({ ...everything, ...report }, terminal).split('\n');
    return lines.slice(lines.findIndex((line) => line.startsWith('Next')) + 1, -1).map((line) => line.trim());
  };
  const inspect = 'egressblame inspect logs';
  const json = 'egressblame logs --json > answer.ndjson';
  const open = everything.attributions.filter(({ verdict }) => verdict === 'ambiguous');

  it.each<[string, Partial<Report>, readonly string[]]>([
    ['nothing was found', { attributions: [], incidents: [] }, [inspect]],
    ['nobody is blamed', { attributions: open }, ['egressblame explain v-20 logs', inspect, json]],
    [
      'the logs were a stream, which cannot be read twice',
      { arguments: ['-'] },
      ['egressblame explain v-0 logs', 'egressblame quarantine logs', inspect, json],
    ],
  ])('where %s', (_, report, expected) => {
    expect(next(report)).toEqual(expected);
  });
});
