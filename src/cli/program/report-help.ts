import type { Command } from 'commander';
import { outputFormats } from '../../report/index.ts';

const BUNDLE = {
  id: 'bundle',
  endings: ['.zip'],
  describes: 'evidence: reports, cited lines, hashes; verify proves it',
};

/** What `-o` and `--format` can write, for the help of a command, as wide as the rest of it. */
export function reportsHelp({ command }: { readonly command: Command }): string {
  const help = command.createHelp();
  const rows = [...outputFormats, BUNDLE];
  const idWidth = Math.max(...rows.map(({ id }) => id.length));
  const lines = rows.map(({ id, endings, describes }) => {
    const names = endings.length === 0 ? '' : ` (${endings.join(' ')})`;
    return help.formatItem(id, idWidth, `${describes}${names}`, help);
  });
  return `\nReports, by --format ID or the ending of the name of -o:\n${lines.join('\n')}\n`;
}
