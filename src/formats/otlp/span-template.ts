import { Buffer } from 'node:buffer';
import type { RecordUse, Template, TemplatePart } from '../../model/template.ts';
import type { SpanPart, SpanShape } from './span-shape.ts';

/** Groups of a shape by what they are for; those that are to be equal in spans that are alike are `same`. */
export type GroupUses = ReadonlyMap<number, RecordUse | 'same'>;

/** What spans of a shape have in common. */
export function templateOf({ parts }: SpanShape, uses: GroupUses): Template {
  return parts.map((part) => templatePart(part, uses.get(part.group) ?? 'free'));
}

function templatePart({ kind, text }: SpanPart, use: RecordUse | 'same' | 'free'): TemplatePart {
  // One character for each byte.
  if (kind === 'between') return { literal: Buffer.from(text).toString('latin1') };
  if (use === 'from' || use === 'until') return { kind: 'digits', use, count: 19 };
  if (use === 'traceId') return { kind: 'hex', use, count: 32 };
  if (use === 'spanId' || use === 'parentId') return { kind: 'hex', use, count: 16 };
  return { kind, use };
}
