import type { MetricEvent } from '../model/event.ts';

type Unit = MetricEvent['unit'];

const UNITS: Record<string, { unit: Unit; scale: number }> = {
  '%': { unit: 'ratio', scale: 0.01 },
  W: { unit: 'watt', scale: 1 },
  MiB: { unit: 'byte', scale: 1_048_576 },
  KiB: { unit: 'byte', scale: 1024 },
  C: { unit: 'celsius', scale: 1 },
  MHz: { unit: 'hertz', scale: 1_000_000 },
};

/** A value with its unit in the model's scale: percent becomes a ratio, MiB bytes, MHz hertz. */
export function scaled(value: number, unit: string | undefined): { value: number; unit: Unit } {
  const known = unit === undefined ? undefined : UNITS[unit];
  if (known === undefined) return { value, unit: 'other' };
  return { value: known.scale === 0.01 ? value / 100 : value * known.scale, unit: known.unit };
}
