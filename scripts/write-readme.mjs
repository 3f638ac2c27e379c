// Fills the generated parts of README.md: the formats table (from the code), the reliability tables (from docs/calibration.md)
// and, with --accuracy, the accuracy table.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formats } from '../dist/formats/index.js';
import { reliabilityOf } from './reliability.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
let text = readFileSync(`${root}README.md`, 'utf8');

function fill(name, body) {
  const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  text = text.replace(pattern, (_, open, close) => `${open}${body}\n${close}`);
}

const rows = formats.map(
  (format) =>
    `| \`${format.id}\` | ${format.title.replaceAll('|', '\\|')} | ${format.roles.join(', ')} | ${format.status === 'real' ? 'proven on real lines' : 'built from documentation'} |`,
);
fill('formats', ['| id | what it is | contributes | status |', '|---|---|---|---|', ...rows].join('\n'));
fill('reliability', reliabilityOf(readFileSync(`${root}docs/calibration.md`, 'utf8')));
if (process.argv.includes('--accuracy')) {
  fill('accuracy', execFileSync(process.execPath, [`${root}bench/accuracy.mjs`], { encoding: 'utf8' }).trim());
}
writeFileSync(`${root}README.md`, text);
