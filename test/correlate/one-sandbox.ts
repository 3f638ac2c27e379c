/** A sandbox that one episode held, on a host whose audit log tells what ran there. */
export const LEASE = {
  sandbox_id: 'sb-1',
  server: 'train-01',
  ip: '10.66.1.5',
  uid: 20_004,
  envd_pid: 100,
  episode_id: 'ep-1',
  start: '2026-11-23T17:00:00.000Z',
  end: '2026-11-23T17:09:00.000Z',
};

interface Doing {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly args?: readonly string[];
}

let serial = 0;
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

/** An exec where there are arguments, else a connect to 10.77.0.6:6379, as auditd tells it. */
export function audit({ at, pid, ppid, uid, args }: Doing): readonly string[] {
  const stamp = `msg=audit(${at.toFixed(3)}:${++serial})`;
  const call = args === undefined ? 'syscall=42 success=no exit=-115' : 'syscall=59 success=yes exit=0';
  return [
    `type=SYSCALL ${stamp}: arch=c000003e ${call} items=0 ppid=${ppid} pid=${pid} auid=4294967295 uid=${uid} gid=${uid} euid=${uid} suid=${uid} fsuid=${uid} egid=${uid} sgid=${uid} fsgid=${uid} tty=(none) ses=4294967295 comm="x" exe="/usr/bin/x" key="rock"`,
    args === undefined
      ? `type=SOCKADDR ${stamp}: saddr=020018EB0A4D00060000000000000000`
      : `type=EXECVE ${stamp}: argc=${args.length} ${args.map((arg, i) => `a${i}=${hex(arg)}`).join(' ')}`,
  ];
}
