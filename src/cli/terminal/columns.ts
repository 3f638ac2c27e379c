/** Columns of the terminal; of a pipe, what COLUMNS says, as other programs (man, ls) have it; else `usual`. */
export function columnsOr(usual: number): number {
  return process.stdout.columns || Number(/^\d{1,5}$/.exec(process.env['COLUMNS'] ?? '')?.[0] ?? 0) || usual;
}
