// Writes src/formats/index.ts from the folders beside it. The export of a format is its id in camelCase.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src/formats/', import.meta.url));
const ids = readdirSync(root)
  .filter((name) => statSync(root + name).isDirectory())
  .sort();
const camel = (id) => id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const lines = [
  `import type { Format } from '../model/format.ts';`,
  ...ids.map((id) => `import { ${camel(id)} } from './${id}/index.ts';`),
  '',
  '/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */',
  'export const formats: readonly Format[] = [',
  ...ids.map((id) => `  ${camel(id)},`),
  '];',
  '',
];
writeFileSync(`${root}index.ts`, lines.join('\n'));
