import { commandFor, isBlamed, plural, thousands } from '../../core/findings/findings.ts';
import type { PlaceCount, PolicyAdvice, PolicyChange, PolicyFile } from '../../model/policy.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html, token } from './escape.ts';
import { commands, copyable, table, tableRow } from './words.ts';

const MAX_CHANGES = 60;
const MAX_PLACES = 5;
const MAX_INCIDENTS = 4;
const HEADS = ['Change', 'Stops', 'Breaks', 'What it would break', 'Incidents'];

type Text = (value: string) => string;
type Suggested = Extract<PolicyAdvice, { is: 'suggested' }>;

/** The smallest policy that would have stopped the bad flows, what it costs, and how to get it. */
export function* policySection(report: Report, options: ReporterOptions): Generator<string> {
  const policy = options.advice?.policy;
  if (!hasPolicy(report, policy)) return;
  yield '<section aria-labelledby="policy"><h2 id="policy">What would have stopped it</h2>';
  switch (policy.is) {
    case 'suggested':
      yield* suggested(policy, options);
      break;
    case 'unknown':
      yield '<p>Not known from this reading: the logs are longer than what is kept of them, so the good connections that a rule would break were not counted.</p>';
      yield commands(
        'Next: read them again for that',
        [commandFor(options.command, 'policy', 'suggest')],
        options.clean,
      );
  }
  yield '</section>\n';
}

export function hasPolicy(report: Report, policy: PolicyAdvice | undefined): policy is PolicyAdvice {
  return policy !== undefined && report.attributions.some(isBlamed);
}

function* suggested(policy: Suggested, options: ReporterOptions): Generator<string> {
  const text: Text = (value) => html(options.clean(value));
  yield `<p><b>${text(policy.says)}</b></p><p class="dim">Bad: the connections of proven and likely violations. Good: allowed connections that belong to no violation, each counted once.${policy.leftOut === 0 ? '' : ` ${plural(policy.leftOut, 'violation')} of other verdicts are neither.`}</p>`;
  if (policy.good === 0)
    yield '<p>No record of an allowed connection was read, so what a change breaks cannot be known: add flow, proxy or DNS logs.</p>';
  yield* table(
    HEADS,
    policy.changes.slice(0, MAX_CHANGES).map((change) => changeRow(change, policy, text)),
    'changes',
  );
  if (policy.changes.length > MAX_CHANGES)
    yield `<p>and ${plural(policy.changes.length - MAX_CHANGES, 'more change')}</p>`;
  if (policy.changes.some(({ breaking }) => breaking.some(({ incidents }) => incidents.length > 0)))
    yield '<p class="dim">* An incident went to the same place. Nothing flagged this connection: look at it before you call it good.</p>';
  if (policy.remaining.length > 0)
    yield `<h3>Bad flows that remain</h3><p>${places(policy.remaining, MAX_CHANGES, text)}</p>`;
  yield* asFile(policy.file, options, text);
}

function changeRow({ says, stops, breaks, breaking, incidents }: PolicyChange, { good }: Suggested, text: Text) {
  const links = incidents.slice(0, MAX_INCIDENTS).map((id) => `<a href="#${token(id)}">${html(id)}</a>`);
  const more = incidents.length > MAX_INCIDENTS ? ` and ${incidents.length - MAX_INCIDENTS} more` : '';
  const broken = good === 0 ? 'not known' : breaking.length === 0 ? 'nothing' : places(breaking, MAX_PLACES, text);
  return tableRow([
    ['Change', `<code>${text(says)}</code>`],
    ['Stops', thousands(stops), 'n'],
    ['Breaks', good === 0 ? '?' : thousands(breaks), 'n'],
    ['What it would break', broken],
    ['Incidents', `${links.join(' ')}${more}`],
  ]);
}

function places(list: readonly PlaceCount[], most: number, text: Text): string {
  const shown = list
    .slice(0, most)
    .map(({ place, count, incidents }) => `${thousands(count)} to ${text(place)}${incidents.length > 0 ? '*' : ''}`);
  return `${shown.join('; ')}${list.length > most ? `; and ${list.length - most} more` : ''}`;
}

function* asFile(file: PolicyFile, { command, clean }: ReporterOptions, text: Text): Generator<string> {
  const suggest = commandFor(command, 'policy', 'suggest');
  yield `<h3>As ${file.format}</h3>`;
  if (file.unexpressed.length > 0)
    yield `<p>${file.format} has no words for ${plural(file.unexpressed.length, 'change')}: ${file.unexpressed.map((says) => `<code>${text(says)}</code>`).join(', ')}. A proxy or DNS policy must do that part.</p>`;
  yield copyable(clean(file.text));
  const test = commandFor(command, 'policy', 'test', 'policy.nft');
  yield commands(
    'Next: write it to a file, and replay it over the night',
    [`${suggest} --format ${file.format} -o policy.nft`, test],
    clean,
  );
  yield commands(
    `Other syntaxes: ${file.otherFormats.join(', ')}`,
    [`${suggest} --format ${file.otherFormats[0] ?? file.format}`],
    clean,
  );
}
