import { outputFormats } from '../../report/index.ts';

const BUNDLE = {
  id: 'bundle',
  endings: ['.zip'],
  describes: 'evidence: reports, cited lines, hashes; verify proves it',
};

/** What `-o` and `--format` can write, for the help of a command. */
export function reportsHelp(): string {
  const rows = [...outputFormats, BUNDLE].map(({ id, endings, describes }) => ({
    id,
    endings: endings.join(' ') || '-',
    describes,
  }));
  const idWidth = Math.max(...rows.map(({ id }) => id.length));
  const endingsWidth = Math.max(...rows.map(({ endings }) => endings.length));
  const lines = rows.map(
    ({ id, endings, describes }) => `  ${id.padEnd(idWidth)}  ${endings.padEnd(endingsWidth)}  ${describes}\n`,
  );
  return `\nReports, by --format ID or the ending of the name of -o:\n${lines.join('')}`;
}
