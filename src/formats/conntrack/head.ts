/** What an entry begins with: stamp, what happened, protocol by name and number, timeout, state. Its addresses follow. */
export const HEAD =
  /^(?:\[(\d{9,11}\.\d{1,9})\s*\])?\s*(?:\[(NEW|UPDATE|DESTROY)\])?\s*(?:(?:ipv4|ipv6)\s+\d+\s+)?([a-z][a-z0-9-]*)\s+(\d{1,3})\s+(?:(\d+)\s+)?(?:([A-Z][A-Z_0-9]+)\s+)?/;
