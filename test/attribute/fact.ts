import type { Fact } from '../../src/model/case.ts';

/** A fact that says its own name and cites nothing. */
export const fact = (code: Fact['code'], strength: string): Fact => ({
  code,
  strength,
  says: `${code} ${strength}`,
  trust: 'outside',
  refs: [],
});
