/** A client's address and port as 32 bits: equal for equal clients. */
export function clientMark(ip: string, port: number): number {
  return fnv(ip, port);
}

/** A container's id as 32 bits: equal for equal ids, 0 for none. */
export function containerMark(id: string | undefined): number {
  return id === undefined ? 0 : fnv(id, 0) || 1;
}

/** A client and what it asks a proxy for, as 16 bits. */
export function requestMark(ip: string, url: string): number {
  const hash = fnv(`${ip}|${url}`, 0);
  return (hash ^ (hash >>> 16)) & 0xffff;
}

/** FNV-1a, draft-eastlake-fnv. */
function fnv(text: string, seed: number): number {
  let hash = Math.imul(0x811c9dc5 ^ seed, 0x01000193);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
