/** How a value is written: JSON text without its quotes, a JSON number or literal, any JSON value up to three levels deep. */
type ValueKind = 'text' | 'scalar' | 'any';

/**
 * What a value of a line is for. `same`: it is equal in lines that are alike. `client`, `port`, `natPort`: see `TrafficGlance`.
 * `url`: a request's path, which rules must be asked about. `second`, `pid`, `parent`: see `LifeGlance`. `few`: a number of bytes
 * that no rule looks at. `free`: it may be anything.
 */
export type ValueUse = 'free' | 'same' | 'client' | 'port' | 'natPort' | 'url' | 'few' | 'second' | 'pid' | 'parent';

/** A piece of a line: bytes as they stand, one character each, or a value. */
export type TemplatePart = { readonly literal: string } | { readonly kind: ValueKind; readonly use: ValueUse };

/**
 * What lines of one writer have in common. Of two lines that one template takes, with equal values where they are to be the
 * same, a look tells the same but for client, ports, moment and pids; those it reads from the values marked so. What decides
 * which value is the client's must be a literal.
 */
export type Template = readonly TemplatePart[];
