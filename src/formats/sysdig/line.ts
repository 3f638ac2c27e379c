import { at, integerText, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseEpoch, parseIso } from '../../core/time/time.ts';

/** One event, as text or as JSON. */
export interface Line {
  /** Undefined for a time of day or a time since the first event: they name no day. */
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  readonly container: string | undefined;
  readonly comm: string | undefined;
  /** Undefined where only the thread is named. */
  readonly pid: number | undefined;
  readonly tid: number;
  readonly isExit: boolean;
  readonly type: string;
  readonly info: string;
}

const TIME = String.raw`\d\d:\d\d:\d\d\.\d{9}|\d{1,11}\.\d{9}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{9}(?:[+-]\d{4})?`;
const CONTAINER = String.raw`(?:\S{1,200} )?\((host|<NA>|[0-9a-f]{12}|)\) `;
const WHO = String.raw`\((?:(\d+)\.)?(\d+)(?::-?\d+)?\)`;
/** `evt.num evt.outputtime evt.cpu [container.name (container.id)] proc.name (thread) evt.dir evt.type evt.info`. */
const TEXT = new RegExp(
  String.raw`^\s*\d{1,18} (${TIME}) \d{1,4} (?:${CONTAINER})?(.{1,64}?) ${WHO} ([<>]) ([a-z]\w*)(?: (.*))?$`,
  's',
);

export function lineOf(text: string): Line | undefined {
  return text.startsWith('{') ? jsonLine(tryJson(text), text) : textLine(text);
}

function textLine(text: string): Line | undefined {
  const m = TEXT.exec(text);
  if (m === null) return undefined;
  const [, raw = '', container, comm = '', pid, tid, dir, type = '', info = ''] = m;
  return {
    stamp: /^\d{9,}\./.test(raw) ? parseEpoch(raw) : parseIso(raw),
    raw,
    container: containerOf(container),
    comm: known(comm),
    pid: pid === undefined ? undefined : Number(pid),
    tid: Number(tid),
    isExit: dir === '<',
    type,
    info,
  };
}

/** `sysdig -j`: fields by their names; the time in nanoseconds since the epoch, too long for a number of JavaScript. */
export function jsonLine(json: unknown, text: string): Line | undefined {
  if (!isObject(json)) return undefined;
  const [type, dir, info] = ['evt.type', 'evt.dir', 'evt.info'].map((key) => textOf(json[key]));
  const tid = numberOf(at(json, 'thread.tid'));
  if (type === undefined || dir === undefined || info === undefined || tid === undefined) return undefined;
  const raw = integerText(text, 'evt.outputtime') ?? textOf(json['evt.outputtime']) ?? '';
  return {
    stamp: parseEpoch(raw) ?? parseIso(raw),
    raw,
    container: containerOf(textOf(json['container.id'])),
    comm: known(textOf(json['proc.name'])),
    pid: numberOf(json['proc.pid']),
    tid,
    isExit: dir === '<',
    type,
    info,
  };
}

const containerOf = (id: string | undefined): string | undefined =>
  id !== undefined && /^[0-9a-f]{12,64}$/.test(id) ? id : undefined;

const known = (name: string | undefined): string | undefined => (name === '<NA>' || name === '' ? undefined : name);
