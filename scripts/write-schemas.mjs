// Writes the JSON Schemas that are made from code: the configuration and the baseline. The others in docs/schemas are written by hand.
// With --check it writes nothing and fails where a file is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { baselineSchema } from '../dist/baseline/schema.js';
import { configSchema } from '../dist/config/schema.js';

const folder = fileURLToPath(new URL('../docs/schemas/', import.meta.url));
for (const [name, schema] of Object.entries({ config: configSchema, baseline: baselineSchema })) {
  const path = `${folder}${name}.schema.json`;
  const text = `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is not current: npm run schemas\n`);
    process.exitCode = 1;
  }
}
