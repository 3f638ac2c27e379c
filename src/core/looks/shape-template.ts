import type { Template, TemplatePart, ValueUse } from '../../model/template.ts';
import type { ShapePart } from './shape.ts';

/** `literal`: it decides what other values are, so it is part of the template. */
export type ShapeUse = ValueUse | 'literal';

/** A template of all lines with these members in this order. `uses`: of the wanted values. */
export function templateOf(parts: readonly ShapePart[], uses: readonly ShapeUse[]): Template {
  return parts.flatMap((part) => templateParts(part, useOf(part, uses)));
}

function useOf({ role, value }: ShapePart, uses: readonly ShapeUse[]): ShapeUse {
  if (role === 'compared') return 'same';
  return role === 'value' ? (uses[value] ?? 'same') : 'free';
}

function templateParts({ kind, text }: ShapePart, use: ShapeUse): readonly TemplatePart[] {
  if (kind === 'between' || use === 'literal') return [{ literal: text }];
  if (kind === 'string') return [{ literal: '"' }, { kind: 'text', use }, { literal: '"' }];
  return [{ kind: kind === 'raw' ? 'any' : kind === 'bare' ? 'scalar' : 'text', use }];
}
