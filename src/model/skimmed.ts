/**
 * What one look over the lines of a chunk left. Only lines that begin and end in the chunk are looked at, and the first
 * of the file is always to be read. Lines are counted from 0 at `from`; all places are bytes from the start of the chunk.
 */
export interface Skimmed {
  /** The stretch that was looked at: from the start of a line to behind the end of one. Empty where no line lies in the chunk. */
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  /** Lines that are to be read: `line, from, to` of each, `to` behind its last byte. */
  readonly read: Uint32Array;
  /** Lines that were left but may matter once more is known: `line, from, key, mark, group, lines` of each, see `Deferred`. */
  readonly later: Uint32Array;
  /** Violations that are counted: `line, from, to, number, second, micros` of each, `number` as in `reach/passes/counting.ts`. */
  readonly counted: Uint32Array;
  /** Who started whom, in lines that were left: `host, pid, ppid` of each, `host` an index of `hosts`. */
  readonly lives: Uint32Array;
  /** `undefined`: the host that the log is about. */
  readonly hosts: readonly (string | undefined)[];
  /** The last line that was left: its number, and its text with one character a byte. */
  readonly lastLeft: { readonly line: number; readonly text: string } | undefined;
}

/** Lines of the stretch that were left. */
export function leftOf({ lines, read }: Skimmed): number {
  return lines - read.length / 3;
}
