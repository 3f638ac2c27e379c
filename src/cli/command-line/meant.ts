import { similarIds } from '../../core/text/similar.ts';
import { UsageError } from './usage-error.ts';

/** Of more ids the rest is counted. */
const SHOWN = 6;

/** That no format or rule has this id, with those that were probably meant. */
export function unknownId(
  what: 'format' | 'rule',
  id: string,
  known: readonly { readonly id: string; readonly title: string }[],
): UsageError {
  return new UsageError(
    `there is no ${what} ${id}; ${didYouMean(similarIds(id, known)) ?? `egressblame ${what}s lists them`}`,
  );
}

/** `did you mean a, b or c?`; undefined without any. */
export function didYouMean(ids: readonly string[]): string | undefined {
  const named = ids.length > SHOWN ? [...ids.slice(0, SHOWN), `${ids.length - SHOWN} others`] : ids;
  const [last, ...before] = named.toReversed();
  if (last === undefined) return undefined;
  return `did you mean ${before.length === 0 ? last : `${before.reverse().join(', ')} or ${last}`}?`;
}
