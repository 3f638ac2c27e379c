import { expect, it } from 'vitest';
import { textCell, textColumns } from '../../../src/core/text/aligned-table.ts';

const columns = textColumns('CONTAINER ID   IMAGE     NAMES');

it.each<[string, string, string, string | undefined]>([
  ['of a name of two words', 'CONTAINER ID', '4c01db0b339c   ubuntu    web', '4c01db0b339c'],
  ['in the middle', 'IMAGE', '4c01db0b339c   ubuntu    web', 'ubuntu'],
  ['up to the end of the row', 'NAMES', '4c01db0b339c   ubuntu    web, db  ', 'web, db'],
  ['that is empty', 'IMAGE', '4c01db0b339c             web', undefined],
  ['of a row that ends before', 'NAMES', '4c01db0b339c   ubuntu', undefined],
  ['of no column', 'PORTS', '4c01db0b339c   ubuntu    web', undefined],
])('a cell %s', (_, name, row, cell) => expect(textCell(columns, row, name)).toBe(cell));
