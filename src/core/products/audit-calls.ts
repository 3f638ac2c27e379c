import { wordTable } from '../word-table.ts';
/** What a system call says about a process; `send` names a destination without a connect, `peer` asks for the far end of an open one. */
export type AuditCall = 'exec' | 'connect' | 'accept' | 'bind' | 'fork' | 'exit' | 'send' | 'peer';

const NAMES = wordTable<AuditCall>({
  execve: 'exec',
  execveat: 'exec',
  connect: 'connect',
  accept: 'accept',
  accept4: 'accept',
  bind: 'bind',
  fork: 'fork',
  vfork: 'fork',
  clone: 'fork',
  clone3: 'fork',
  exit_group: 'exit',
  sendto: 'send',
  sendmsg: 'send',
  getpeername: 'peer',
});

type Table = Record<string, AuditCall>;

function table(spec: Partial<Record<AuditCall, readonly number[]>>): Table {
  const out: Table = {};
  for (const [call, numbers] of Object.entries(spec)) for (const n of numbers) out[n] = call as AuditCall;
  return out;
}

/** System call numbers of Linux, `arch/x/entry/syscalls/syscall.tbl` and `asm-generic/unistd.h`. */
const X86_64 = table({
  exec: [59, 322],
  connect: [42],
  accept: [43, 288],
  bind: [49],
  fork: [56, 57, 58, 435],
  exit: [231],
  send: [44, 46],
  peer: [52],
});
const GENERIC = table({
  exec: [221, 281],
  connect: [203],
  accept: [202, 242],
  bind: [200],
  fork: [220, 435],
  exit: [94],
  send: [206, 211],
  peer: [205],
});
const I386 = table({
  exec: [11, 358],
  connect: [362],
  accept: [364],
  bind: [361],
  fork: [2, 120, 190, 435],
  exit: [252],
  send: [369, 370],
});
const ARM = table({
  exec: [11, 387],
  connect: [283],
  accept: [285, 366],
  bind: [282],
  fork: [2, 120, 190, 435],
  exit: [248],
  send: [290, 296],
});
const PPC = table({
  exec: [11, 362],
  connect: [328],
  accept: [330, 344],
  bind: [327],
  fork: [2, 120, 189, 435],
  exit: [234],
  send: [335, 341],
});
const S390 = table({
  exec: [11, 354],
  connect: [362],
  accept: [364],
  bind: [361],
  fork: [2, 120, 190, 435],
  exit: [248],
  send: [369, 370],
});
/** AUDIT_ARCH_* of `linux/audit.h`. */
const ARCHES = wordTable<Table>({
  c000003e: X86_64,
  c00000b7: GENERIC,
  c00000f3: GENERIC,
  c0000102: GENERIC,
  '40000003': I386,
  '40000028': ARM,
  '80000015': PPC,
  c0000015: PPC,
  '14': PPC,
  '80000016': S390,
  '16': S390,
});
/** `socketcall` multiplexes on its first argument (i386 and s390). */
const SOCKETCALL: Table = table({ bind: [2], connect: [3], accept: [5, 18], peer: [7], send: [11, 16] });

/** Operations of io_uring, `IORING_OP_*` of `linux/io_uring.h`: what they do is done without a system call. */
const URING: Table = table({ send: [9, 26, 47, 48], accept: [13], connect: [16], bind: [56] });

/**
 * What the system call of an audit record is, by its name or by its number and `arch` (hex, with or without `0x`), or an operation of
 * io_uring.
 */
export function callOf(fields: Readonly<Record<string, string | undefined>>): AuditCall | undefined {
  const operation = fields['URING_OP'] ?? fields['uring_op'];
  if (operation !== undefined) return NAMES[operation] ?? URING[operation];
  const name = fields['SYSCALL'] ?? fields['syscall'] ?? '';
  if (!/^\d+$/.test(name)) return NAMES[name];
  const stated = fields['arch'] ?? '';
  const arch = stated.startsWith('0x') ? stated.slice(2) : stated;
  if (name === '102' && (arch === '40000003' || arch === '80000016' || arch === '16'))
    return SOCKETCALL[Number.parseInt(fields['a0'] ?? '', 16)];
  return ARCHES[arch]?.[name];
}
