interface Quoting {
  /** The text ends within a quoted cell. */
  readonly open: boolean;
  /** A quote stands within a word of a quoted cell, where no CSV has one: rows were cut off, or the writer does not double quotes. */
  readonly torn: boolean;
}

/** The quotes of a CSV text, by RFC 4180, section 2: one opens a cell at its start only, and a doubled one is a letter of the cell. */
export function quotingOf(text: string, delimiter: string, wasOpen = false): Quoting {
  let open = wasOpen;
  let torn = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    if (!open) open = startsCell(text, at, delimiter);
    else if (text[at + 1] === '"') at++;
    else if (endsCell(text[at + 1], delimiter)) open = false;
    else torn = true;
  }
  return { open, torn };
}

function startsCell(text: string, quote: number, delimiter: string): boolean {
  let at = quote - 1;
  while (text[at] === ' ') at--;
  return at < 0 || text[at] === delimiter;
}

function endsCell(next: string | undefined, delimiter: string): boolean {
  return next === undefined || next === delimiter || next === ' ' || next === '\r';
}
