import type { Endpoint } from '../../model/event.ts';

/** So many names below one parent are a pattern, not a list. */
const MANY = 4;

/**
 * For each end whose name was made up below one parent (DNS exfiltration, generated hosts), the pattern that stands for all of
 * them: `*.t.example.org (18 names)`. Undefined for a name that stands for itself.
 */
export function nameFamilies(ends: readonly Endpoint[]): (end: Endpoint) => string | undefined {
  const families = new Map<string, Set<string>>();
  for (const end of ends) {
    const key = familyKey(end);
    if (key !== undefined && end.domain !== undefined)
      families.set(key, (families.get(key) ?? new Set()).add(end.domain));
  }
  const patterns = new Map<string, string>();
  for (const [key, names] of families)
    if (names.size >= MANY) patterns.set(key, `*.${commonParent([...names])} (${names.size} names)`);
  return (end) => patterns.get(familyKey(end) ?? '');
}

/** Names with the same last two labels and port may be one family. */
function familyKey({ domain, port }: Endpoint): string | undefined {
  const labels = domain?.split('.') ?? [];
  return labels.length < 3 ? undefined : `${labels.slice(-2).join('.')}:${port ?? ''}`;
}

/** The labels that all names end with; the first label of the shortest name is never one of them. */
function commonParent(names: readonly string[]): string {
  const reversed = names.map((name) => name.split('.').reverse());
  const most = reversed.reduce((least, labels) => Math.min(least, labels.length), Infinity) - 1;
  const first = reversed[0] ?? [];
  let shared = 0;
  while (shared < most && reversed.every((labels) => labels[shared] === first[shared])) shared += 1;
  return first.slice(0, shared).reverse().join('.');
}
