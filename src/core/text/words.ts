const BLANK = /\s/;

/** Index of the first blank at or behind `from` that `\s` matches; the end of the text when there is none. */
export function endOfWord(text: string, from: number): number {
  let i = from;
  while (i < text.length && !isBlank(text.charCodeAt(i))) i++;
  return i;
}

function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  return code >= 160 && BLANK.test(String.fromCharCode(code));
}

/** A letter, a digit or `_`: what `\w` matches. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
