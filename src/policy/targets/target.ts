import { escapeTerminal } from '../../core/text/text.ts';
import type { PolicyEffect, Rule, SuggestedRule, Suggestion } from '../../model/policy.ts';
import { placeText, ruleText } from '../rule.ts';

/** A suggestion as one product can take it. */
export interface Plan {
  readonly suggestion: Suggestion;
  readonly expressed: readonly SuggestedRule[];
  /** Rules that the target has no words for; every writer names them. */
  readonly unexpressed: readonly SuggestedRule[];
  /** What the expressed rules do. */
  readonly effect: PolicyEffect;
  /** How the program was called, for the comment at the top. */
  readonly command: string;
}

/** One policy language. */
export interface Target {
  readonly id: string;
  readonly title: string;
  /** Modes that the product can be asked for, the usual one first. */
  readonly modes: readonly ('deny' | 'allow')[];
  /** A proxy decides only about what goes through it. */
  readonly scope: 'all' | 'proxied';
  /** Ways of saying what is wrong with the product's view, for the comment. */
  readonly limits: readonly string[];
  readonly can: (rule: Rule, mode: 'deny' | 'allow') => boolean;
  /** What the product makes of a rule, where that is less than the rule says. */
  readonly means?: (rule: Rule) => Rule;
  readonly write: (plan: Plan) => string;
}

/** What a reader of the file has to know, one sentence a line. */
export function remarks({ suggestion, unexpressed, effect, command }: Plan, target: Target): readonly string[] {
  return [
    `Written by: ${escapeTerminal(command)}`,
    `Stops ${effect.stopped} of ${effect.bad} bad flows, breaks ${effect.broken} of ${effect.good} good connections.`,
    ...(suggestion.optimal ? [] : ['The search was cut: a smaller policy may exist.']),
    ...target.limits,
    ...(suggestion.mode === 'allow' ? cutLines(effect) : []),
    ...unexpressed.map(
      ({ rule, matches, incidents }) =>
        `NOT EXPRESSED, ${target.title} has no words for it: ${ruleText(rule)}` +
        (rule.action === 'deny' ? ` (${matches} bad flows${incidentList(incidents)})` : ''),
    ),
  ];
}

const MAX_CUT = 20;

/** An allow list that a product has no words for cuts good traffic: that is named. */
function cutLines({ breaking }: PolicyEffect): readonly string[] {
  const lines = breaking
    .slice(0, MAX_CUT)
    .map(
      ({ ends, count }) =>
        `NOT ALLOWED, it cannot be told from the rest: ${count} good to ${escapeTerminal(placeText(ends))}`,
    );
  return breaking.length > MAX_CUT ? [...lines, `NOT ALLOWED: ${breaking.length - MAX_CUT} more destinations`] : lines;
}

/** Why a rule is there, for the comment beside it. */
export function reason({ rule, matches, breaks, incidents }: SuggestedRule): string {
  if (rule.action === 'allow') return `${matches} good`;
  return `stops ${matches}${breaks > 0 ? `, breaks ${breaks} good` : ''}${incidentList(incidents)}`;
}

const SHOWN = 3;

function incidentList(incidents: readonly string[]): string {
  if (incidents.length === 0) return '';
  const more = incidents.length > SHOWN ? ` and ${incidents.length - SHOWN} more` : '';
  return `: ${incidents.slice(0, SHOWN).join(' ')}${more}`;
}

export function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
}

/** CIDR with its length, also for a single address. */
export function asCidr(destination: string): string {
  if (destination.includes('/')) return destination;
  return `${destination}/${destination.includes(':') ? 128 : 32}`;
}
