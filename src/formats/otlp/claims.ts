import { no, yes } from '../../core/decoded.ts';
import { isObject } from '../../core/json/json.ts';
import type { Sniff, SniffRecord } from '../../model/format.ts';
import { requestIn } from './dumps.ts';
import { member } from './message.ts';

/** By the members of an export request, or by its beginning where it was cut. */
export function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) {
    const request = requestIn(json);
    for (const key of ['resourceSpans', 'resourceLogs', 'resourceMetrics']) {
      if (Array.isArray(member(request, key))) return yes(0.97, `export request with ${key}`);
    }
    return no('no export request');
  }
  return /^\s*\{\s*"resource_?(?:Spans|Logs|Metrics|spans|logs|metrics)"/.test(text)
    ? yes(0.6, 'beginning of an export request')
    : no('not JSON');
}
