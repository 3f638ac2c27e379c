import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import type { RawRecord } from '../../model/source.ts';
import { TYPES } from './fields.ts';
import { add, type Group, newGroup } from './group.ts';
import type { AuditRecord } from './record.ts';

/** One event of Slack's go-audit: the kernel's records, by the number of their type, under one time and serial. */
export function isGoAudit(json: unknown): json is JsonObject {
  if (!isObject(json) || numberOf(json['sequence']) === undefined) return false;
  const first = arrayOf(json['messages'])[0];
  return typeof json['timestamp'] === 'string' && typeof at(first, 'data') === 'string' && 'type' in (first as object);
}

export function groupOf(json: JsonObject, record: RawRecord): Group {
  const records = arrayOf(json['messages']).map((message): AuditRecord => {
    const number = textOf(at(message, 'type')) ?? '';
    const body = (textOf(at(message, 'data')) ?? '').trimStart();
    return {
      type: TYPES[number] ?? number,
      stamp: textOf(json['timestamp']) ?? '',
      serial: String(json['sequence']),
      body,
    };
  });
  const [first = { type: '', stamp: '', serial: '', body: '' }] = records;
  const group = newGroup(first, record);
  for (const each of records) if (KNOWN.has(each.type)) add(group, each, record);
  return group;
}

const KNOWN = new Set(['SYSCALL', 'URINGOP', 'EXECVE', 'CWD', 'SOCKADDR', 'PROCTITLE']);
