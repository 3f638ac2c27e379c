import { Buffer } from 'node:buffer';
import { at, tryJson } from '../../core/json/json.ts';
import type { ShapeUse } from '../../core/looks/shape-template.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { isPublished } from '../../core/products/rock.ts';
import { ISO_SECOND_BYTES, isoSecondAt } from '../../core/time/plain-stamps.ts';
import type { AlikeRecord, OwnLease } from '../../model/alike-record.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { AlikeOf } from '../../model/format.ts';
import type { Template, TemplatePart } from '../../model/template.ts';
import type { Micros } from '../../model/time.ts';
import { CHOICE } from './sandbox.ts';

const HEAD =
  /^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}([+-]\d\d:\d\d [A-Z]+:[^\s:]+:\d+ \[billing\] \[)[^\]]*\] \[[^\]]*\] -- /;
/** Where tens of minutes and of seconds stand. */
const [MINUTE, SECOND] = [14, 17];
const FIVE = 53;
const QUOTE = 34;
const ESCAPE = 92;
const LAST_ASCII = 126;

/** Of `CHOICE.values`. What is read from a line stands as far from its end as in the one before: all lengths between are the same. */
const USES: readonly ShapeUse[] = ['free', 'client', 'same', 'free', 'free', 'free', 'free', 'free', 'same'];

const digits = (count: number): TemplatePart => ({ kind: 'digits', use: 'free', count });
const field = (use: 'free' | 'same', stop: string): TemplatePart => ({ kind: 'field', use, stop });

/** Of stops of one host whose ports are the same: what differs are sandbox, address and times. */
export function alikeLeases(): AlikeOf {
  const shapes = new Shapes(CHOICE);
  return ({ text, ref }, made) => {
    const [lease] = made.status === 'decoded' ? made.events : [];
    const head = HEAD.exec(text);
    if (lease?.kind !== 'lease' || lease.ip === undefined) return undefined;
    if (head === null || ref.bytes !== text.length) return undefined;
    const message = text.slice(head[0].length);
    const parts = shapes.template(message, USES);
    const isTold = parts?.every((part) => !('kind' in part) || part.kind !== 'any' || part.use === 'same');
    // On a host whose ports are published no name decides whose address it is.
    if (parts === undefined || isTold !== true || !isPublished(at(tryJson(message), 'port_mapping'))) return undefined;
    return alikeTo(text, lease, [...headParts(head[1] ?? ''), ...parts]);
  };
}

function headParts(writer: string): Template {
  const minutes = [field('same', ':'), { literal: ':' }, digits(2), { literal: ':' }, digits(2)];
  const ids = [field('free', ']'), { literal: '] [' }, field('free', ']'), { literal: '] -- ' }];
  return [...minutes, { literal: '.' }, digits(3), { literal: writer }, ...ids];
}

function alikeTo(text: string, lease: LeaseEvent, template: Template): AlikeRecord | undefined {
  const [sandbox, start, end] = ['sandbox_id', 'start_time', 'stop_time'].map((name) => placeOf(text, name));
  if (sandbox === undefined || start === undefined || end === undefined || text.includes('"docker_run"'))
    return undefined;
  const holdsFor: AlikeRecord['holdsFor'] = (bytes, from, to, own) =>
    (bytes[from + MINUTE] ?? 0) <= FIVE &&
    (bytes[from + SECOND] ?? 0) <= FIVE &&
    findSandbox(bytes, to, sandbox, own) &&
    findTimes(bytes, to, { start, end }, own);
  const own: OwnLease = { sandboxFrom: 0, sandboxTo: 0, start: 0 as Micros, end: 0 as Micros };
  const bytes = Buffer.from(text, 'latin1');
  const isSame =
    holdsFor(bytes, 0, bytes.length, own) &&
    lease.sandboxId === text.slice(own.sandboxFrom, own.sandboxTo) &&
    lease.start === own.start &&
    lease.end === own.end;
  return isSame ? { template, holdsFor } : undefined;
}

/** A value that is text: what stands before it, and how far from the end of the line it begins. */
interface Place {
  readonly name: Uint8Array;
  readonly fromEnd: number;
}

/** Undefined where it could be mistaken for another one. */
function placeOf(text: string, name: string): Place | undefined {
  const [found, more] = text.matchAll(new RegExp(`"${name}"[ \\t]*:[ \\t]*"`, 'g'));
  if (found === undefined || more !== undefined) return undefined;
  return { name: Buffer.from(found[0]), fromEnd: text.length - found.index - found[0].length };
}

/** Where the value begins in a line that ends at `to`; -1 where something else stands before it. */
function beginOf({ name, fromEnd }: Place, bytes: Uint8Array, to: number): number {
  const begin = to - fromEnd;
  const first = begin - name.length;
  for (let i = 0; i < name.length; i++) if (bytes[first + i] !== name[i]) return -1;
  return begin;
}

/** One of plain signs, mostly as long as the others. */
function findSandbox(bytes: Uint8Array, to: number, place: Place, own: OwnLease): boolean {
  const begin = beginOf(place, bytes, to);
  if (begin < 0) return false;
  let end = begin;
  for (let sign = bytes[end] ?? 0; sign !== QUOTE; sign = bytes[++end] ?? 0)
    if (sign < 32 || sign > LAST_ASCII || sign === ESCAPE) return false;
  own.sandboxFrom = begin;
  own.sandboxTo = end;
  return end > begin;
}

function findTimes(
  bytes: Uint8Array,
  to: number,
  places: { readonly start: Place; readonly end: Place },
  own: OwnLease,
): boolean {
  const start = timeAt(bytes, beginOf(places.start, bytes, to));
  const end = timeAt(bytes, beginOf(places.end, bytes, to));
  if (start === undefined || end === undefined) return false;
  own.start = start;
  own.end = end;
  return true;
}

function timeAt(bytes: Uint8Array, begin: number): Micros | undefined {
  return begin < 0 || bytes[begin + ISO_SECOND_BYTES] !== QUOTE ? undefined : isoSecondAt(bytes, begin);
}
