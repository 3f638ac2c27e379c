import { commandFor, plural, thousands } from '../core/findings/findings.ts';
import { wrap } from '../core/text/display-width.ts';
import { clip, escapeTerminal } from '../core/text/text.ts';
import type { FlowGroup, Policy, PolicyEffect, SuggestedRule, Suggestion } from '../model/policy.ts';
import { placeText, ruleText } from './rule.ts';
import type { Plan } from './targets/target.ts';

export interface TextOptions {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly clean: (text: string) => string;
  /** How the program was called, for the commands that are suggested. */
  readonly command: string;
  /** Flags that such a command has to repeat, with a blank in front. */
  readonly flags?: string;
  /** The file that the rules were written into. */
  readonly written?: {
    readonly path: string;
    /** The same as a shell takes it. */
    readonly quoted: string;
    readonly title: string;
    readonly plan: Plan;
    /** `policy test` can read the file back. */
    readonly isReadable: boolean;
  };
}

const MAX_ROWS = 12;
const MAX_INCIDENTS = 2;

/** The suggestion for a person: the outcome first, the rules, what remains and breaks, what to do next. */
export function renderSuggestion(suggestion: Suggestion, options: TextOptions): string {
  const { effect, rules, leftOut, optimal, nodes } = suggestion;
  const lines = [
    ...wrap(headline(suggestion), options.width).map(options.bold),
    ...(rules.length === 0 || optimal
      ? []
      : wrap(
          `Not proven to be the smallest: the search was cut after ${plural(nodes, 'node')}. Raise --max-nodes.`,
          options.width,
        )),
    '',
    ...(rules.length === 0 ? [] : [...ruleRows(rules, suggestion.mode, options), '']),
    ...effectLines(effect, options),
    ...unexpressedLines(options),
    ...(leftOut === 0
      ? []
      : [
          ...wrap(
            `${plural(leftOut, 'violation')} of other verdicts (see --verdict) left out: neither bad nor good here.`,
            options.width,
          ),
          '',
        ]),
    ...nextLines(suggestion, options),
  ];
  return `${lines.join('\n')}\n`;
}

/** The whole result in one sentence. */
export function headline({ mode, rules, effect, optimal }: Suggestion): string {
  if (effect.bad === 0) return 'No bad flow of that verdict: nothing to stop.';
  const noun = mode === 'deny' ? 'deny rule' : 'allow rule';
  const proof = optimal && rules.length > 0 ? ' No smaller answer exists.' : '';
  return `${plural(rules.length, noun)}${mode === 'allow' ? ' and deny by default' : ''}: ${outcome(effect)}.${proof}`;
}

function outcome({ bad, stopped, good, broken }: PolicyEffect): string {
  const price = good === 0 ? 'what breaks is unknown' : `breaks ${thousands(broken)}/${thousands(good)} good`;
  return `blocks ${thousands(stopped)}/${thousands(bad)} bad, ${price}`;
}

function ruleRows(rules: readonly SuggestedRule[], mode: 'deny' | 'allow', options: TextOptions): readonly string[] {
  const rows = rules.map(({ rule, matches, breaks, incidents }) => {
    const counts = [thousands(matches).padStart(7), ...(mode === 'deny' ? [thousands(breaks).padStart(7)] : [])];
    return `${counts.join('')}  ${clip(`${safe(ruleText(rule), options)}${incidentText(incidents)}`, options.width - 16)}`;
  });
  return [mode === 'deny' ? '  stops breaks  rule' : '   lets  rule', ...rows];
}

function incidentText(incidents: readonly string[]): string {
  if (incidents.length === 0) return '';
  const more = incidents.length > MAX_INCIDENTS ? ` +${incidents.length - MAX_INCIDENTS}` : '';
  return `  (${incidents.slice(0, MAX_INCIDENTS).join(' ')}${more})`;
}

function effectLines(effect: PolicyEffect, options: TextOptions): readonly string[] {
  const unseen =
    effect.good === 0
      ? [
          ...wrap(
            'No record of an allowed connection was read, so what a rule breaks cannot be known: add flow, proxy or DNS logs.',
            options.width,
          ),
          '',
        ]
      : [];
  const remaining = groupLines('Bad flows that remain', effect.remaining, options);
  const breaking = groupLines('Good connections that break', effect.breaking, options);
  const doubtful = effect.breaking.some(({ incidents }) => incidents.length > 0)
    ? [
        ...wrap(
          'Incidents beside a good connection went to the same place: nothing flagged it, look at it first.',
          options.width,
        ),
        '',
      ]
    : [];
  return [...unseen, ...remaining, ...breaking, ...doubtful];
}

function groupLines(title: string, groups: readonly FlowGroup[], options: TextOptions): readonly string[] {
  if (groups.length === 0) return [];
  const rows = groups
    .slice(0, MAX_ROWS)
    .map(({ ends, count, incidents }) =>
      clip(
        `${thousands(count).padStart(7)}  ${safe(placeText(ends), options)}${incidentText(incidents)}`,
        options.width,
      ),
    );
  const more = groups.length > MAX_ROWS ? [`         and ${plural(groups.length - MAX_ROWS, 'more destination')}`] : [];
  return [title, ...rows, ...more, ''];
}

function unexpressedLines({ written, ...options }: TextOptions): readonly string[] {
  if (written === undefined) return [];
  const { plan, path, title } = written;
  const lines = [`Written to ${path}, where it ${outcome(plan.effect)}.`];
  if (plan.unexpressed.length === 0) return [...lines, ''];
  return [
    ...lines,
    `${title} has no words for ${plural(plan.unexpressed.length, 'rule')}, named in the file:`,
    ...plan.unexpressed.slice(0, MAX_ROWS).map(({ rule }) => `  ${safe(ruleText(rule), options)}`),
    '',
  ];
}

function nextLines(
  suggestion: Suggestion,
  { command, flags = '', written, ...options }: TextOptions,
): readonly string[] {
  if (suggestion.rules.length === 0) return [];
  const { effect, mode } = suggestion;
  const suggest = commandFor(command, 'policy', 'suggest');
  const lines =
    written === undefined
      ? [
          ...(mode === 'deny' && effect.broken > 0 && !flags.includes('--max-good-broken')
            ? [`${suggest}${flags} --max-good-broken 0`]
            : []),
          `${suggest}${flags} --format nftables -o policy.nft`,
          commandFor(command, 'policy', 'test', 'policy.nft'),
        ]
      : written.isReadable
        ? [commandFor(command, 'policy', 'test', written.quoted)]
        : [];
  return lines.length === 0 ? [] : ['Next:', ...lines.map((line) => `  ${safe(line, options)}`)];
}

/** What a policy file would have done. */
export function renderTest(
  effect: PolicyEffect,
  what: { readonly file: string; readonly format: string; readonly policy: Policy },
  options: TextOptions,
): string {
  const { policy, format, file } = what;
  const head = `${file} (${format}, ${plural(policy.rules.length, 'rule')}): ${outcome(effect)}.`;
  const proxied =
    policy.scope === 'proxied' ? ['Only what went through a proxy is held to it; everything else passes.'] : [];
  const lines = [
    ...wrap(safe(head, options), options.width).map(options.bold),
    ...proxied,
    '',
    ...effectLines(effect, options),
  ];
  if (effect.remaining.length > 0)
    lines.push('Next:', `  ${safe(commandFor(options.command, 'policy', 'suggest'), options)}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function safe(text: string, { clean }: Pick<TextOptions, 'clean'>): string {
  return escapeTerminal(clean(text));
}
