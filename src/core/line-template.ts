import type { TemplatePart } from '../model/template.ts';

/** A text whose numbers may be others; `isExact`: of as many digits. */
export function freeNumbers(text: string, { isExact = false } = {}): readonly TemplatePart[] {
  return text
    .split(/(\d+)/)
    .map((piece, i) =>
      i % 2 === 0 ? { literal: piece } : { kind: 'digits', use: 'free', count: isExact ? piece.length : 0 },
    );
}

/** A text of words between spaces, of which `name=value` may have any other value. */
export function freeWords(text: string): readonly TemplatePart[] {
  return text.split(/(?<==)([^ ]+)/).map((piece, i) => (i % 2 === 0 ? { literal: piece } : freeWord()));
}

/** A word up to a space. */
export function freeWord(most = 0): TemplatePart {
  return { kind: 'field', use: 'free', stop: ' ', most };
}

/** The end of the word that begins at a place. */
export function behindWord(line: string, from: number): number {
  const end = line.indexOf(' ', from);
  return end < 0 ? line.length : end;
}
