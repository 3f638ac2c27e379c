import { escapeTerminal } from '../../core/text/text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { InputReport } from '../../model/report.ts';
import { cleaner } from './terminal.ts';

/** Says on the error output what went wrong with the inputs. */
export function complain(problems: readonly Diagnostic[], flags: { readonly redact: boolean }): void {
  const clean = cleaner(flags);
  for (const { message } of problems) process.stderr.write(`egressblame: ${escapeTerminal(clean(message))}\n`);
}

/** No path of the call is there: the call is at fault, and there is no answer. */
export function isNothingThere(inputs: readonly InputReport[], problems: readonly Diagnostic[]): boolean {
  return inputs.length === 0 && problems.some(({ code }) => code === 'path-missing');
}
