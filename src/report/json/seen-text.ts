import { quoted } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Finding, Violation } from '../../model/violation.ts';
import { endsOf, round } from './seen.ts';

type Clean = (text: string) => string;

/**
 * `jsonText(seenPart(attribution))` without its last brace, put together by hand: no two violations have it in common, and
 * to make an object of each that `JSON.stringify` takes apart again takes five times as long.
 */
export function seenTexts(clean: Clean): (attribution: Attribution) => string {
  const findingText = findingTexts(clean);
  return ({ violation, verdict, probability }) =>
    `{"record":"attribution","id":${quoted(violation.id)},"verdict":"${verdict}","probability":${numeral(round(probability))},` +
    `"violation":{${whenText(violation)},${findingText(violation.finding)},${whereText(violation, clean)}}`;
}

function whenText(violation: Violation): string {
  const { event, first, last } = violation;
  const from = formatIso(first);
  return (
    `"time":"${from}","rawTime":${quoted(event.time.raw)},"interval":["${from}","${first === last ? from : formatIso(last)}"],` +
    `"source":${refText(event.ref)},"alsoSeen":[${alsoSeenText(violation)}],"format":${quoted(event.format)}`
  );
}

export function refText({ source, line, offset, bytes }: SourceRef): string {
  return `{"path":${quoted(source)},"line":${numeral(line)},"offset":${numeral(offset)},"bytes":${numeral(bytes)}}`;
}

function alsoSeenText({ alsoSeen, repeats }: Violation): string {
  const seen = alsoSeen.map(({ source, line }) => placeText(quoted(source), line)).join(',');
  if (repeats === undefined || repeats.lines.length === 0) return seen;
  const path = quoted(repeats.path);
  const counted = Array.from(repeats.lines, (line) => placeText(path, line)).join(',');
  return seen === '' ? counted : `${seen},${counted}`;
}

function placeText(path: string, line: number): string {
  return `{"path":${path},"line":${numeral(line)}}`;
}

/** Records that break the same rule share their finding. */
function findingTexts(clean: Clean): (finding: Finding) => string {
  const known = new WeakMap<Finding, string>();
  return (finding) => {
    const before = known.get(finding);
    if (before !== undefined) return before;
    const { rule, category, severity, attack, atlas } = finding;
    const text =
      `"rule":{"id":${quoted(rule.id)},"name":${quoted(clean(rule.name))}},"category":"${category}","severity":"${severity}",` +
      `"attack":[${attack.map(quoted).join(',')}],"atlas":[${atlas.map(quoted).join(',')}]`;
    known.set(finding, text);
    return text;
  };
}

function whereText({ event, count }: Violation, clean: Clean): string {
  const { action, src, dst, transport, url } = endsOf(event);
  const asked = url === undefined ? '' : `,"url":${quoted(clean(url))}`;
  return (
    `"action":${quoted(action)},"src":{"ip":${textOrNull(src.ip)},"port":${numeral(src.port)}},` +
    `"dst":{"ip":${textOrNull(dst.ip)},"port":${numeral(dst.port)},"domain":${textOrNull(dst.domain)}},` +
    `"transport":${textOrNull(transport)}${asked},"count":${numeral(count)}`
  );
}

export function textOrNull(text: string | null): string {
  return text === null ? 'null' : quoted(text);
}

export function numeral(value: number | null): string {
  return Number.isFinite(value) ? String(value) : 'null';
}
