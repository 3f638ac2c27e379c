import type { MetricEvent } from '../model/event.ts';
import { wordTable } from './word-table.ts';

type Unit = MetricEvent['unit'];

const UNITS = wordTable<{ unit: Unit; scale: number }>({
  '%': { unit: 'ratio', scale: 0.01 },
  W: { unit: 'watt', scale: 1 },
  MiB: { unit: 'byte', scale: 1_048_576 },
  KiB: { unit: 'byte', scale: 1024 },
  C: { unit: 'celsius', scale: 1 },
  MHz: { unit: 'hertz', scale: 1_000_000 },
});

/** A value with its unit in the model's scale: percent becomes a ratio, MiB bytes, MHz hertz. */
export function scaled(value: number, unit: string | undefined): { value: number; unit: Unit } {
  const known = unit === undefined ? undefined : UNITS[unit];
  if (known === undefined) return { value, unit: 'other' };
  return { value: known.scale === 0.01 ? value / 100 : value * known.scale, unit: known.unit };
}

/** DCGM writes "no value" as numbers from here on (0x7ffffff0 and 0x7ffffffffffffff0). */
const BLANK_32 = 2_147_483_632;
const BLANK_64 = 9.2233720368547e18;

export function isDcgmBlank(value: number): boolean {
  return value >= BLANK_64 || (value >= BLANK_32 && value < BLANK_32 + 16);
}

const SUFFIX: readonly (readonly [RegExp, Unit])[] = [
  [/_ratio$/, 'ratio'],
  [/_bytes$/, 'byte'],
  [/_watts$/, 'watt'],
  [/_hz$/, 'hertz'],
  [/^nvidia_smi_temperature_/, 'celsius'],
];

/** Value and unit of an exported metric by its name: the DCGM field list, or the suffix that Prometheus asks for. */
export function gpuReading(name: string, value: number): { value: number; unit: Unit } {
  if (!name.startsWith('DCGM_FI_'))
    return { value, unit: SUFFIX.find(([pattern]) => pattern.test(name))?.[1] ?? 'other' };
  if (name.startsWith('DCGM_FI_PROF_') && /_(?:ACTIVE|OCCUPANCY)$/.test(name)) return { value, unit: 'ratio' };
  return scaled(value, dcgmUnit(name));
}

function dcgmUnit(name: string): string | undefined {
  if (/_UTIL$/.test(name)) return '%';
  if (/_POWER_USAGE/.test(name)) return 'W';
  if (/_FB_(?:FREE|USED|TOTAL|RESERVED)$/.test(name)) return 'MiB';
  if (/_TEMP$/.test(name)) return 'C';
  return /_CLOCK$/.test(name) ? 'MHz' : undefined;
}
