import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { podName } from '../../core/network/network.ts';
import { firstSlsRow } from '../../core/products/sls.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The API server's audit log, also as rows of Alibaba's log service: who ran what inside which pod. */
export const k8sAudit: Format = {
  id: 'k8s-audit',
  title: 'Kubernetes audit log',
  roles: ['process'],
  framing: 'auto',
  status: 'documented',
  clock: '`requestReceivedTimestamp` and `stageTimestamp`, microseconds, of the API server',
  traps: [
    'one request is told at several stages',
    'what a shell is given to read after it was started is not told',
    'log services keep nested members as JSON text',
  ],
  claims,
  open: openAudit,
};

/** Members are objects, or JSON text where a log service keeps rows. */
function memberOf(event: JsonObject, key: string): unknown {
  const value = event[key];
  return typeof value === 'string' ? tryJson(value) : value;
}

function isAudit(value: unknown): value is JsonObject {
  return isObject(value) && ['auditID', 'stage', 'verb', 'requestURI'].every((key) => typeof value[key] === 'string');
}

function eventsIn(json: unknown): readonly JsonObject[] {
  if (isAudit(json)) return [json];
  const items = arrayOf(at(json, 'items')).filter(isAudit);
  const row = firstSlsRow(json);
  return items.length > 0 ? items : isAudit(row) ? [row] : [];
}

function claims({ json }: SniffRecord): Sniff {
  return eventsIn(json).length === 0 ? no('no audit event') : yes(0.97, 'auditID, stage, verb and requestURI');
}

function openAudit(): Decoder {
  /** Streams that are open, by the id of their request. */
  const begun = new Map<string, true>();
  return {
    decode: (record): Decoded => {
      const found = eventsIn(tryJson(record.text));
      if (found.length === 0) return failed('no audit event');
      const events = found.flatMap((event) => execEvents(event, record, begun));
      return events.length === 0 ? skipped('request without meaning here') : decoded(...events);
    },
  };
}

function execEvents(event: JsonObject, record: RawRecord, begun: Map<string, true>): readonly ProcessEvent[] {
  const object = memberOf(event, 'objectRef');
  const sandboxId = podName(at(object, 'namespace'), at(object, 'name'));
  if (at(object, 'resource') !== 'pods' || at(object, 'subresource') !== 'exec' || sandboxId === undefined) return [];
  if ((numberOf(at(memberOf(event, 'responseStatus'), 'code')) ?? 0) >= 400) return [];
  const entityId = textOf(event['auditID']) ?? '';
  const { stage } = event;
  if (stage !== 'ResponseStarted' && stage !== 'ResponseComplete') return [];
  const isKnown = begun.has(entityId);
  const out: ProcessEvent[] = [];
  if (!isKnown) {
    const commandLine = commandIn(textOf(event['requestURI']) ?? '');
    const start = told(event, 'requestReceivedTimestamp', record);
    if (start !== undefined)
      out.push(
        compact({ ...start, op: 'runtime-exec' as const, state: 'exec_start', sandboxId, entityId, commandLine }),
      );
  }
  if (stage === 'ResponseStarted') {
    begun.set(entityId, true);
    forgetOldest(begun, 10_000);
    return out;
  }
  begun.delete(entityId);
  const end = told(event, 'stageTimestamp', record);
  return end === undefined ? out : [...out, { ...end, op: 'exit', sandboxId, entityId }];
}

function told(
  event: JsonObject,
  key: string,
  record: RawRecord,
): Pick<ProcessEvent, 'kind' | 'time' | 'ref' | 'format' | 'clock'> | undefined {
  const raw = textOf(event[key]) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return undefined;
  const time = eventTime(stamp, { raw, basis: 'event', observed: record.observed });
  return { kind: 'process', time, ref: record.ref, format: 'k8s-audit', clock: key };
}

/** `/exec?command=sh&command=-c&command=id`: one parameter for each argument. */
function commandIn(uri: string): string | undefined {
  const from = uri.indexOf('?');
  const words = from < 0 ? [] : new URLSearchParams(uri.slice(from)).getAll('command');
  return words.length === 0 ? undefined : words.join(' ');
}
