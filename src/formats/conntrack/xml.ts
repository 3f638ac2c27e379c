/** A flow that was written otherwise as the fields of the text output, so that all are read by one grammar. */
export interface OtherFlow {
  readonly phase: string | undefined;
  readonly transport: string;
  readonly state: string | undefined;
  /** `src=.. dst=.. sport=..`: the original tuple, then the reply. */
  readonly tail: string;
}

const TUPLE = ['src', 'dst', 'sport', 'dport', 'type', 'code', 'id'] as const;

/** One `<flow>` of `conntrack -o xml`. */
export function xmlFlow(text: string): OtherFlow | undefined {
  const head = /^\s*<flow(?: type="(new|update|destroy)")?>/.exec(text);
  const [original, reply] = ['original', 'reply'].map((direction) => metaOf(text, direction));
  if (head === null || original === undefined || reply === undefined) return undefined;
  // The tuples of ICMP have ids too.
  const id = element(metaOf(text, 'independent') ?? '', 'id');
  const marks = `${text.includes('<unreplied/>') ? ' [UNREPLIED]' : ''}${id === undefined ? '' : ` id=${id}`}`;
  return {
    phase: head[1]?.toUpperCase(),
    transport: /protoname="([a-z][\w-]*)"/.exec(original.slice(original.indexOf('<layer4')))?.[1] ?? 'ip',
    state: element(text, 'state'),
    tail: `${fieldsOf(original)} ${fieldsOf(reply)}${marks}`,
  };
}

function metaOf(text: string, direction: string): string | undefined {
  const from = text.indexOf(`<meta direction="${direction}">`);
  const to = from < 0 ? -1 : text.indexOf('</meta>', from);
  return to < 0 ? undefined : text.slice(from, to);
}

const element = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<\\s]{1,64})</${name}>`).exec(text)?.[1];

function fieldsOf(meta: string): string {
  return TUPLE.flatMap((name) => {
    const value = element(meta, name);
    return value === undefined ? [] : [`${name}=${value}`];
  }).join(' ');
}
