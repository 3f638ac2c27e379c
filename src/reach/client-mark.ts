/** A client's address and port as 32 bits: equal for equal clients. FNV-1a, draft-eastlake-fnv. */
export function clientMark(ip: string, port: number): number {
  let hash = Math.imul(0x811c9dc5 ^ port, 0x01000193);
  for (let i = 0; i < ip.length; i++) hash = Math.imul(hash ^ ip.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
