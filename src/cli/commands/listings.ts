import { describeRules, rulePacks } from '../../detect/index.ts';
import { formats } from '../../formats/index.ts';
import { unknownId } from '../command-line/meant.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { print } from '../terminal/terminal.ts';

interface Listed {
  readonly id: string;
  readonly title: string;
}

/** All, or the one of this id. */
function chosen<T extends Listed>(what: 'format' | 'rule', id: string | undefined, all: readonly T[]): readonly T[] {
  if (id === undefined) return all;
  const own = all.filter((one) => one.id === id);
  if (own.length === 0) throw unknownId(what, id, all);
  return own;
}

export async function formatsCommand(id: string | undefined, flags: { readonly json?: boolean }): Promise<number> {
  const rows = chosen('format', id, formats).map(({ id, title, roles, status, clock, traps }) => ({
    id,
    title,
    contributes: roles,
    status: status === 'real' ? 'proven on real lines' : 'built from documentation',
    clock,
    traps,
  }));
  if (flags.json) {
    await print(`${JSON.stringify(rows, null, 2)}\n`);
    return EXIT.clean;
  }
  if (id === undefined) return list(rows, 'formats', ({ contributes }) => contributes.join(', '));
  for (const row of rows)
    await print(
      `${row.id}: ${row.title}\n  gives ${row.contributes.join(', ')}; ${row.status}\n  clock: ${row.clock}\n${row.traps.map((trap) => `  trap: ${trap}\n`).join('')}`,
    );
  return EXIT.clean;
}

export async function rulesCommand(id: string | undefined, flags: { readonly json?: boolean }): Promise<number> {
  const rules = chosen(
    'rule',
    id,
    describeRules(rulePacks).map((rule) => ({ ...rule, title: rule.name })),
  );
  if (flags.json) {
    await print(
      `${JSON.stringify(
        rules.map(({ title, ...rule }) => rule),
        null,
        2,
      )}\n`,
    );
    return EXIT.clean;
  }
  if (id === undefined) return list(rules, 'rules', ({ category, severity }) => `${category}, ${severity}`);
  for (const rule of rules)
    await print(
      `${rule.id}: ${rule.name}\n  ${rule.category}; severity ${rule.severity}, strength ${rule.strength}\n  looks at ${rule.surfaces.join(', ')}\n${rule.references.map((reference) => `  ${reference}\n`).join('')}`,
    );
  return EXIT.clean;
}

/** One line each, so that `grep` finds it; what more is known stands with the one. */
async function list<T extends Listed>(all: readonly T[], command: string, gives: (one: T) => string): Promise<number> {
  const width = Math.max(...all.map(({ id }) => id.length));
  for (const one of all) await print(`${one.id.padEnd(width)}  ${one.title} (${gives(one)})\n`);
  process.stderr.write(`egressblame ${command} ID tells all of one.\n`);
  return EXIT.clean;
}
