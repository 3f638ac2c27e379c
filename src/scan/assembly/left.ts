// AssemblyScript, see matcher.ts.

/** Slots of eight bytes in a row that are tried for a hash, see ../left-hashes.ts. */
const MOST_TRIED: i32 = 8;

/** Where the tables stand that ../layout.ts describes; 0 as long as there are none. */
let hashes: usize = 0;
let hashMask: u32 = 0;
let ports: usize = 0;
let clients: usize = 0;
let clientShift: u32 = 0;

export function setLeft(hashesAt: usize, mask: u32, portsAt: usize, clientsAt: usize, shift: u32): void {
  hashes = hashesAt;
  hashMask = mask;
  ports = portsAt;
  clients = clientsAt;
  clientShift = shift;
}

/** Whether a line is one of those that are left for good, whatever else it says. */
export function isLeft(hash: u64, client: u32, port: u32, natPort: u32): bool {
  if (hashes == 0 || client == 0) return false;
  const at = clients + ((<usize>((client * 0x9e3779b1) >> clientShift)) << 3);
  if (load<u32>(at) != client) return false;
  if (!has(hash ^ <u64>load<u32>(at, 4))) return false;
  if ((port | natPort) > 0xffff || load<u8>(ports + <usize>port) == 1) return false;
  return natPort == 0 || load<u8>(ports + <usize>natPort) != 1;
}

function has(key: u64): bool {
  let slot = <u32>key & hashMask;
  for (let i = 0; i < MOST_TRIED; i++) {
    const known = load<u64>(hashes + ((<usize>slot) << 3));
    if (known == 0) return false;
    if (known == key) return true;
    slot = (slot + 1) & hashMask;
  }
  return false;
}
