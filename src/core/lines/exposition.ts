import { wordTable } from '../word-table.ts';
/** One sample line of the Prometheus text format. */
export interface Exposed {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** As written: milliseconds since the epoch, in OpenMetrics seconds. */
  readonly stamp?: string;
}

const SAMPLE =
  /^([A-Za-z_:][\w:]*)(?:\{([^"}]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"}]*)*)\})?\s+(\S+)(?:\s+(\d+(?:\.\d+)?))?(?:\s+# .*)?\s*$/;
const LABEL = /([A-Za-z_]\w*)\s*=\s*"([^"\\]*(?:\\.[^"\\]*)*)"/g;
const SPECIAL = wordTable<number>({ '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY });

export function parseExposition(text: string): Exposed | undefined {
  const m = SAMPLE.exec(text);
  if (m === null) return undefined;
  const [, name = '', body = '', number = '', stamp] = m;
  const value = SPECIAL[number] ?? Number(number);
  if (Number.isNaN(value) && number !== 'NaN') return undefined;
  const labels: Record<string, string> = {};
  for (const [, key = '', raw = ''] of body.matchAll(LABEL))
    labels[key] = raw.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  return { name, labels, value, ...(stamp === undefined ? {} : { stamp }) };
}
