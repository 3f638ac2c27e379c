import type { TemplatePart } from '../../model/template.ts';

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

/**
 * A text of words between spaces that may be any others without a sign; of words with it only the value may be another. Fewer things
 * to compare than in `freeWords`, where what is behind is found by a name with that sign.
 */
export function freeWordsWithout(sign: string, text: string): readonly TemplatePart[] {
  const free: TemplatePart = { kind: 'field', use: 'free', stop: ' ', refused: sign };
  return text.split(/( )/).flatMap((piece): readonly TemplatePart[] => {
    if (piece === ' ' || piece === '') return [{ literal: piece }];
    const name = piece.includes(sign) ? piece.slice(0, piece.indexOf('=') + 1) : '';
    if (!piece.slice(name.length).includes(sign)) return [{ literal: name }, free];
    return [{ literal: piece }];
  });
}

/** The stamp that a line begins with, and words behind it: year, month and zone are the same for long, of other numbers only the digits differ. */
export function freeStamp(text: string): readonly TemplatePart[] {
  const [, month = '', stamp = '', zone = '', rest = ''] =
    /^(\d{4}-\d\d-(?=\d\dT))?([^ ]*?)([+-]\d\d:\d\d(?= ))?((?: .*)?)$/s.exec(text) ?? [];
  return [
    { literal: month },
    ...freeNumbers(stamp, { isExact: true }),
    { literal: zone },
    ...freeNumbers(rest, { isExact: true }),
  ];
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
