/**
 * Where a condition looks. `verdict`: a record on which a sensor already ruled; `dns`: a query in a DNS server's log;
 * `proxy`: a request in a proxy's log; `traffic`: every other network record; `command`: the text of a command.
 */
export const SURFACES = ['verdict', 'dns', 'proxy', 'traffic', 'command'] as const;
export type Surface = (typeof SURFACES)[number];
