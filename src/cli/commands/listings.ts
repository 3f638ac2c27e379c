import { describeRules, rulePacks } from '../../detect/index.ts';
import { formats } from '../../formats/index.ts';
import { EXIT } from '../exit-codes.ts';
import { print } from '../terminal.ts';

export async function formatsCommand(flags: { readonly json?: boolean }): Promise<number> {
  const rows = formats.map(({ id, title, roles, status, clock, traps }) => ({
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
  for (const row of rows)
    await print(
      `${row.id}: ${row.title}\n  gives ${row.contributes.join(', ')}; ${row.status}\n  clock: ${row.clock}\n${row.traps.map((trap) => `  trap: ${trap}\n`).join('')}`,
    );
  return EXIT.clean;
}

export async function rulesCommand(flags: { readonly json?: boolean }): Promise<number> {
  const rules = describeRules(rulePacks);
  if (flags.json) {
    await print(`${JSON.stringify(rules, null, 2)}\n`);
    return EXIT.clean;
  }
  for (const rule of rules)
    await print(
      `${rule.id}: ${rule.name}\n  ${rule.category}, ${rule.strength}\n${rule.references.map((reference) => `  ${reference}\n`).join('')}`,
    );
  return EXIT.clean;
}
