/** One simple command of a shell text: a program with its words. */
export interface ShellPart {
  /** Without quotes, redirections, settings of variables before it (`A=1 make`), and words of compound commands. */
  readonly words: readonly string[];
  /** What it is told: its words as they stand, and its here-documents. */
  readonly text: string;
  /** Files that its output goes to. */
  readonly writes: readonly string[];
  /** Parts of one pipeline have the same number. */
  readonly pipeline: number;
  /** All operators between it and the part before. */
  readonly after: string;
}

/** `isNested`: by loops, conditions and substitutions, what one part says may reach any other. */
export interface ShellParts {
  readonly parts: readonly ShellPart[];
  readonly isNested: boolean;
}

/** Characters. */
const MAX_TEXT = 64 * 1024;
const IGNORED = /(?:[ \t\r]|\\\r?\n)+|#[^\n]*/y;
const HERE = /\d?<<-?[ \t]*(\\|(['"]?))([\w.-]+)\2/y;
const REDIRECTION = /(?:\d+|&)?(>>|>\||>&|>|<<<|<>|<&|<)(?!\()[ \t]*/y;
const OPERATOR = /&&|\|\||\|&|;;|[;&|()<>\n]/y;
const WORD = /(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\;&|<>()])+/y;
const COMPOUND = /^(?:if|then|elif|else|while|until|do|fi|done|esac|!|time|[{}])$/;
const LISTS = /^(?:for|case|select|function)$/;
const SETTING = /^[A-Za-z_]\w*\+?=/;
/** Commands inside of words are no parts here. */
const SUBSTITUTION = /`|\$\(/;

interface Draft {
  readonly texts: string[];
  readonly words: string[];
  readonly writes: string[];
  readonly pipeline: number;
  readonly after: string;
}

interface Here {
  readonly draft: Draft;
  readonly end: string;
  readonly isQuoted: boolean;
}

/**
 * A shell text in its simple commands, as far as that can be told without running it. Undefined of what no shell could read to its
 * end, of what runs commands inside its words, and of long texts.
 */
export function shellParts(text: string): ShellParts | undefined {
  return text.length > MAX_TEXT ? undefined : new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #drafts: Draft[] = [];
  #heres: Here[] = [];
  #at = 0;
  #isNested = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellParts | undefined {
    let draft = this.#open(0, '');
    let target: string | undefined;
    while (this.#at < this.#text.length) {
      if (this.#take(IGNORED) !== undefined) continue;
      const here = this.#take(HERE);
      const redirection = here === undefined ? this.#take(REDIRECTION) : undefined;
      const operator = (here ?? redirection) === undefined ? this.#take(OPERATOR)?.[0] : undefined;
      if (here !== undefined) this.#heres.push({ draft, end: here[3] ?? '', isQuoted: here[1] !== '' });
      else if (redirection !== undefined) target = redirection[1];
      else if (operator !== undefined) {
        if (/[()<>]/.test(operator)) this.#isNested = true;
        if (operator === '\n' && !this.#readHeres()) return undefined;
        const pipeline = draft.pipeline + (operator.startsWith('|') && operator !== '||' ? 0 : 1);
        draft = this.#open(pipeline, isEmpty(draft) ? draft.after + operator : operator);
        target = undefined;
      } else {
        const word = this.#take(WORD)?.[0];
        if (word === undefined || SUBSTITUTION.test(word.replace(/'[^']*'/g, ''))) return undefined;
        this.#put(draft, word, target);
        target = undefined;
      }
    }
    if (!this.#readHeres()) return undefined;
    return { parts: this.#drafts.flatMap(partOf), isNested: this.#isNested };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }

  #open(pipeline: number, after: string): Draft {
    const draft: Draft = { texts: [], words: [], writes: [], pipeline, after };
    this.#drafts.push(draft);
    return draft;
  }

  #put(draft: Draft, word: string, target: string | undefined): void {
    const plain = unquoted(word);
    const isFile = target !== undefined && target !== '<<<' && !plain.startsWith('/dev/');
    if (target?.startsWith('>') === true && !/^(?:&?\d|-|\/dev\/(?:null|stdout|stderr))$/.test(plain))
      draft.writes.push(plain);
    if (isFile) return;
    const isFirst = draft.words.length === 0 && target === undefined;
    if (isFirst && (COMPOUND.test(word) || LISTS.test(word))) this.#isNested = true;
    if (isFirst && COMPOUND.test(word)) return;
    draft.texts.push(word);
    if (target === undefined && !(isFirst && SETTING.test(word))) draft.words.push(plain);
  }

  /** The texts between the line after `<<END` and the line `END`. */
  #readHeres(): boolean {
    const heres = this.#heres;
    this.#heres = [];
    return heres.every(({ draft, end, isQuoted }) => {
      const lines: string[] = [];
      for (;;) {
        const to = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, to < 0 ? undefined : to);
        this.#at = to < 0 ? this.#text.length : to + 1;
        if (line.trim() === end) break;
        lines.push(line);
        if (to < 0) return false;
      }
      const body = lines.join('\n');
      draft.texts.push(body);
      return isQuoted || !SUBSTITUTION.test(body);
    });
  }
}

function isEmpty({ texts, writes }: Draft): boolean {
  return texts.length === 0 && writes.length === 0;
}

function partOf(draft: Draft): readonly ShellPart[] {
  const { texts, words, writes, pipeline, after } = draft;
  return isEmpty(draft) ? [] : [{ words, text: texts.join(' '), writes, pipeline, after }];
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '',
  );
}
