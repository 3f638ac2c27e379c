import type { Attribution } from '../../model/attribution.ts';
import { sha256 } from '../digest.ts';
import { redact } from '../text/redact.ts';
import { remembered } from '../text/remembered.ts';
import { causeOf, endsOf, endText } from './findings.ts';

/** What makes two violations of different nights the same finding. All of it is free of secrets and safe to commit. */
export interface FindingShape {
  readonly category: string;
  readonly rule: string;
  /** `host:port`; encoded labels of a queried name are `*`. */
  readonly destination: string;
  /** Who did it, without what changes from episode to episode: `agent: <command>`, `process: <program>` or `nobody named`. */
  readonly cause: string;
}

export function shapeOf(attribution: Attribution): FindingShape {
  const { finding, event } = attribution.violation;
  const { dst } = endsOf(event);
  return {
    category: finding.category,
    rule: finding.rule.id,
    destination: endText(dst.domain === undefined ? dst : { ...dst, domain: domainShape(dst.domain) }),
    cause: causeShape(attribution),
  };
}

/** `f-` and 16 hex digits: the same for the same finding in every run, whatever its times, files, episodes and ids. */
export function fingerprintOf(attribution: Attribution): string {
  const { category, rule, destination, cause } = shapeOf(attribution);
  const text = [category, rule, destination, cause].join('\u0000');
  return hashed(text);
}

/** Most violations of a night are the same few findings. */
const hashed = remembered((text) => `f-${sha256(text).slice(0, 16)}`);

function causeShape(attribution: Attribution): string {
  const { toolCall, episode, process } = causeOf(attribution);
  if (toolCall !== undefined) return `agent: ${commandShape(toolCall.command ?? toolCall.name)}`;
  if (episode !== undefined) return 'agent: a call that is not named';
  if (process !== undefined) return `process: ${programOf(process.executable ?? process.commandLine ?? '?')}`;
  return attribution.verdict === 'not-agent' ? 'process: not named' : 'nobody named';
}

/** Ids, hexadecimal digests and numbers of six digits and more: what one episode's command has and the next one's has not. */
const PASSING =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b|(?<!\d)\d{6,}(?!\d)/gi;

/** A command without secrets, blanks and passing ids. Addresses, ports, names and payloads stay: another one is another finding. */
export const commandShape = remembered((command) => redact(command).replace(/\s+/g, ' ').trim().replace(PASSING, '#'));

/** A name that carries encoded text keeps only the labels without digits; the last two always stay. */
function domainShape(name: string): string {
  const labels = name.split('.');
  const inner = labels.slice(0, -2);
  if (!inner.some(isEncoded)) return name;
  const kept = inner.map((label) => (isEncoded(label) || /\d/.test(label) ? '*' : label));
  return [...kept.filter((label, i) => label !== '*' || kept[i - 1] !== '*'), ...labels.slice(-2)].join('.');
}

/** No name spelled out by hand: long, or long enough and of letters and digits. */
function isEncoded(label: string): boolean {
  return label.length >= 32 || (label.length >= 16 && /\d/.test(label) && /[a-z]/i.test(label));
}

function programOf(text: string): string {
  const first = text.split(' ')[0] ?? text;
  return first.slice(first.lastIndexOf('/') + 1) || first;
}
