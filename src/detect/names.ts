/** Bits per character of the text's own distribution: 0 for one repeated letter, about 4.5 for base32 of 48 characters. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}

export interface LabelShape {
  readonly minLength: number;
  /** Longest stretch without a hyphen: spelled-out names are hyphenated words, encoded data is not. */
  readonly minRun: number;
  /** Of that stretch; hexadecimal stays at 4 or below. */
  readonly minEntropy: number;
}

/** How many labels left of the registered domain (taken as the last two labels) have the shape of encoded data. */
export function countGenerated(name: string, shape: LabelShape): number {
  const labels = name.split('.');
  let found = 0;
  for (const label of labels.slice(0, -2)) {
    if (label.length < shape.minLength || !/^[a-z0-9_=-]+$/i.test(label)) continue;
    const run = longestRun(label);
    if (run.length >= shape.minRun && entropy(run) >= shape.minEntropy) found++;
  }
  return found;
}

function longestRun(label: string): string {
  let longest = '';
  for (const run of label.split('-')) if (run.length > longest.length) longest = run;
  return longest;
}
