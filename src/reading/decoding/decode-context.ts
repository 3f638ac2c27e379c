import type { DecodeContext } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';
import type { InputFile } from '../../sources/files/discover.ts';

/** How stamps without a zone or a year are read. */
export interface Dating {
  /** Minutes east of UTC, by the path of a file. */
  readonly zoneOffsetMin: (path: string) => number;
  /** A moment near those of the records: it tells the year of stamps that have none. */
  readonly reference: (input: InputFile) => Micros;
}

/** What a decoder is told of the file whose records it reads. */
export function contextOf(input: InputFile, { zoneOffsetMin, reference }: Dating): DecodeContext {
  return {
    path: input.path,
    folder: folderOf(input),
    zoneOffsetMin: zoneOffsetMin(input.path),
    reference: reference(input),
  };
}

/** Name of the folder that all paths of the run are relative to: what of a file's whole path is not its own. */
function folderOf({ path, absolute }: InputFile): string | undefined {
  const [own = path] = path.split('!/');
  const parent = absolute.endsWith(own) ? absolute.slice(0, -own.length) : '';
  return parent.split(/[/\\]/).findLast((part) => part !== '');
}
