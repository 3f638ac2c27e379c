/** Texts whose answer is kept. */
const MOST = 2_000;
/** Longer texts seldom come twice, and would take memory. */
const LONGEST = 4_096;

/** The same function, which answers for a text that came lately without working. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  let answers = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return answer(text);
    const known = answers.get(text);
    if (known !== undefined || answers.has(text)) return known as T;
    const is = answer(text);
    if (answers.size >= MOST) answers = new Map();
    answers.set(text, is);
    return is;
  };
}
