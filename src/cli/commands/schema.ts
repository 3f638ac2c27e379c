import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { similarWord } from '../../core/text/similar.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { print } from '../terminal/terminal.ts';

const FOLDER = fileURLToPath(new URL('../../../docs/schemas/', import.meta.url));
const ENDING = '.schema.json';

/** A published JSON Schema; without a name, the list of them. */
export async function schemaCommand(name: string | undefined): Promise<number> {
  const names = schemaNames();
  if (name === undefined) {
    for (const known of names) await print(`${known}: ${titleOf(known)}\n`);
    return EXIT.clean;
  }
  if (!names.includes(name)) {
    const meant = similarWord(name, names);
    throw new UsageError(
      `there is no schema ${name}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
    );
  }
  await print(textOf(name));
  return EXIT.clean;
}

function schemaNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

function textOf(name: string): string {
  return readFileSync(`${FOLDER}${name}${ENDING}`, 'utf8');
}

function titleOf(name: string): string {
  const schema: unknown = JSON.parse(textOf(name));
  return typeof schema === 'object' && schema !== null && 'description' in schema ? String(schema.description) : '';
}
