import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Format } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { ownerOf, sniffable } from './owner-of.ts';

/** So many lines of one format are hardly what a program happens to say. */
const LEAST_LINES = 10;
/** So many lines are asked about: all formats for each line of all that a model says take long. */
const MOST_ASKED = 2000;
/** How lines of logs begin: documents, times, priorities, types. */
const LOOKS_LIKE_LOG =
  /^(?:\{"|[A-Z][a-z]{2} [ \d]\d \d\d:|\[?\d{4}-\d\d-\d\d[T ]|\[?\d{10}\.|type=|<\d{1,3}>|[A-Z]+_[A-Z]+_START)/;

/**
 * Lines of other formats within records of several lines. An agent's words may stand in these, and could forge any log: they are never
 * read as one, but where a file holds other logs behind its own their records are lost.
 */
export class Swallowed {
  readonly #own: Format;
  readonly #formats: readonly Format[];
  /** What ends a record holds nothing behind itself. */
  readonly #ends: RegExp | undefined;
  readonly #lines = new Map<string, number>();
  #asked = 0;

  constructor(own: Format, formats: readonly Format[]) {
    this.#own = own;
    this.#ends = typeof own.framing === 'object' ? own.framing.endsRecord : undefined;
    this.#formats = formats;
  }

  note({ text }: RawRecord): void {
    if (this.#ends?.test(text)) return;
    for (let at = text.indexOf('\n'); at >= 0 && this.#asked < MOST_ASKED; at = text.indexOf('\n', at + 1)) {
      const end = text.indexOf('\n', at + 1);
      const line = text.slice(at + 1, end < 0 ? undefined : end);
      if (!LOOKS_LIKE_LOG.test(line)) continue;
      this.#asked++;
      const id = ownerOf(sniffable(line), this.#formats, (format) => format !== this.#own)?.format.id;
      if (id !== undefined) this.#lines.set(id, (this.#lines.get(id) ?? 0) + 1);
    }
  }

  problems(path: string): readonly Diagnostic[] {
    const ids = [...this.#lines].filter(([, lines]) => lines >= LEAST_LINES).map(([id]) => id);
    if (ids.length === 0) return [];
    const message = `${path}: lines within records of ${this.#own.id} look like ${ids.sort().join(', ')}; an agent's words may stand there, so they were not read: other logs need files of their own`;
    return [{ severity: 'warning', code: 'swallowed', message, path }];
  }
}
