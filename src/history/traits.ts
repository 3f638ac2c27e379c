import { arrayOf, at, textOf } from '../core/json/json.ts';
import { commandShape } from '../core/tools/command-shape.ts';

/** What an incident is known again by. */
export interface Traits {
  readonly incident: string;
  readonly category: string;
  readonly destinations: ReadonlySet<string>;
  readonly shapes: ReadonlySet<string>;
  readonly tasks: ReadonlySet<string>;
}

/** Traits of each incident in records of `--json`, in their order. Of any version: what is missing is no trait. */
export function traitsOf(records: Iterable<unknown>): readonly Traits[] {
  const attributions = new Map<string, unknown>();
  const incidents: unknown[] = [];
  for (const record of records) {
    const kind = at(record, 'record');
    if (kind === 'attribution') attributions.set(textOf(at(record, 'id')) ?? '', record);
    else if (kind === 'incident') incidents.push(record);
  }
  return incidents.map((incident) => {
    const category = textOf(at(incident, 'category')) ?? '';
    const members = arrayOf(at(incident, 'attributions')).map((id) => attributions.get(textOf(id) ?? ''));
    const gather = (one: (member: unknown) => string | undefined): ReadonlySet<string> =>
      new Set(members.flatMap((member) => one(member) ?? []));
    return {
      incident: textOf(at(incident, 'id')) ?? '',
      category,
      destinations: gather((member) => destinationOf(member, category)),
      shapes: gather((member) => {
        const command = textOf(at(member, 'toolCall', 'command'));
        return command === undefined ? undefined : commandShape(command);
      }),
      tasks: gather((member) => textOf(at(member, 'episode', 'task'))),
    };
  });
}

/** Domain, else address. Names that carry stolen bytes are new every time: of those only the last two labels count. */
function destinationOf(attribution: unknown, category: string): string | undefined {
  const domain = textOf(at(attribution, 'violation', 'dst', 'domain'));
  if (domain === undefined) return textOf(at(attribution, 'violation', 'dst', 'ip'));
  return category === 'dns-exfiltration' ? domain.split('.').slice(-2).join('.') : domain;
}
