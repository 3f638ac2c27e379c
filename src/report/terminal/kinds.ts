import { type CaseKind, kindsOf } from '../../core/findings/case-kinds.ts';
import { type Case, thousands, VERDICT_MARK } from '../../core/findings/findings.ts';
import { paint } from './incident.ts';
import type { TerminalOptions } from './options.ts';

const GAP = 2;

interface Column {
  readonly head: string;
  readonly cell: (kind: CaseKind) => string;
  readonly isNumber?: true;
}

const COLUMNS: readonly Column[] = [
  { head: 'how sure', cell: ({ verdict }) => `${VERDICT_MARK[verdict]} ${verdict}` },
  { head: 'what', cell: ({ category }) => category },
  { head: 'episodes', cell: ({ episodes }) => blamed(episodes), isNumber: true },
  { head: 'calls', cell: ({ calls }) => blamed(calls), isNumber: true },
  { head: 'incidents', cell: ({ incidents }) => thousands(incidents), isNumber: true },
  { head: 'violations', cell: ({ violations }) => thousands(violations), isNumber: true },
];

/** One line for each verdict and kind of incident; what does not fit into the width is left out, the last columns first. */
export function kindsTable(cases: readonly Case[], { width, style }: TerminalOptions): readonly string[] {
  const kinds = kindsOf(cases);
  const columns = COLUMNS.map((column) => {
    const cells = kinds.map(column.cell);
    return { ...column, cells, size: Math.max(column.head.length, ...cells.map(({ length }) => length)) };
  });
  let used = -GAP;
  const shown = columns.filter(({ size }) => {
    used += GAP + size;
    return used <= width;
  });
  const row = (text: (column: (typeof columns)[number]) => string): string =>
    shown
      .map((column) => (column.isNumber ? text(column).padStart(column.size) : text(column).padEnd(column.size)))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    style.dim(row(({ head }) => head)),
    ...kinds.map(({ verdict }, i) => paint(verdict, style)(row(({ cells }) => cells[i] ?? ''))),
  ];
}

function blamed(names: ReadonlySet<string>): string {
  return names.size === 0 ? '-' : thousands(names.size);
}
