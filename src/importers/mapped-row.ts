import { at, type JsonObject, numberOf, textOf } from '../core/json/json.ts';
import { type Instant, instantOf } from '../core/time/instant.ts';
import { micros } from '../core/time/time.ts';
import type { ImporterSpec, TimeUnit } from '../model/importer.ts';
import type { RawRecord, SourceRef } from '../model/source.ts';

/** One record seen through a mapping. */
export interface MappedRow {
  readonly format: string;
  readonly record: RawRecord;
  readonly ref: SourceRef;
  has(field: string): boolean;
  pathOf(field: string): string;
  value(field: string): unknown;
  text(field: string): string | undefined;
  number(field: string): number | undefined;
  instant(field: string): Instant | undefined;
}

interface RowPlace {
  readonly row: JsonObject;
  readonly record: RawRecord;
  readonly ref: SourceRef;
  readonly zone: number;
}

export function rowOf(spec: ImporterSpec, { row, record, ref, zone }: RowPlace): MappedRow {
  const value = (field: string): unknown => {
    const path = spec.fields[field];
    return path === undefined ? undefined : memberAt(row, path);
  };
  const instant = (field: string): Instant | undefined => instantIn(value(field), spec.timeUnit, zone);
  const isTime = (field: string): boolean => field === 'time' || field === 'end';
  return {
    format: spec.name,
    record,
    ref,
    has: (field) => (isTime(field) ? instant(field) !== undefined : textOf(value(field)) !== undefined),
    pathOf: (field) => `"${spec.fields[field] ?? field}"`,
    value,
    text: (field) => textOf(value(field)),
    number: (field) => numberOf(value(field)),
    instant,
  };
}

/** A column or member of that very name, else the member inside; `=text` stands for itself. */
function memberAt(row: JsonObject, path: string): unknown {
  if (path.startsWith('=')) return path.slice(1);
  return Object.hasOwn(row, path) ? row[path] : at(row, ...path.split('.'));
}

const UNIT_US: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { s: 1_000_000, ms: 1000, us: 1, ns: 0.001 };

function instantIn(value: unknown, unit: TimeUnit | undefined, zone: number): Instant | undefined {
  if (unit === undefined || unit === 'iso') return instantOf(value, zone);
  const number = numberOf(value);
  if (number === undefined || number < 0) return undefined;
  // Nanoseconds do not fit a double: as text the last three digits are cut, as a number they are lost already.
  const digits = unit === 'ns' && typeof value === 'string' && /^\d{4,19}$/.test(value.trim());
  const us = digits ? Number(value.trim().slice(0, -3)) : number * UNIT_US[unit];
  const at = micros(us);
  if (!Number.isSafeInteger(at)) return undefined;
  const stepUs = Number.isInteger(number) ? Math.max(1, UNIT_US[unit]) : 1;
  return { stamp: { at, zone: 'epoch', stepUs }, raw: String(value) };
}
