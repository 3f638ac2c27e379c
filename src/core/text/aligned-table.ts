/** Where the columns of a table begin that is aligned under its header, by their names. */
export type TextColumns = ReadonlyMap<string, readonly [from: number, to: number | undefined]>;

/** Names are parted by two blanks or more: a name may hold one (`CONTAINER ID`). */
export function textColumns(header: string): TextColumns {
  const names = [...header.matchAll(/\S+(?: \S+)*/g)];
  return new Map(names.map((name, i) => [name[0], [name.index, names[i + 1]?.index]]));
}

/** The cell of a row; undefined where it is empty. */
export function textCell(columns: TextColumns, row: string, name: string): string | undefined {
  const [from, to] = columns.get(name) ?? [row.length, undefined];
  const cell = row.slice(from, to).trim();
  return cell === '' ? undefined : cell;
}
