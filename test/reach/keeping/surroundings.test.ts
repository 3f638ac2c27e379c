import { describe, expect, it } from 'vitest';
import type { LeaseEvent, ProcessEvent } from '../../../src/model/event.ts';
import { Surroundings } from '../../../src/reach/keeping/surroundings.ts';
import { recordAt } from '../open-retention.ts';

const lease = { kind: 'lease', sandboxId: 's', rootPid: 100 } as unknown as LeaseEvent;

const processAt = (second: number, pid: number | undefined, rest: Partial<ProcessEvent> = {}): ProcessEvent =>
  ({
    ...recordAt(second),
    kind: 'process',
    op: 'exec',
    host: 'a',
    containerId: 'c1',
    ...(pid && { pid }),
    ...rest,
  }) as ProcessEvent;

/** Around one connection of process 3000 at 1,000 s. */
function around(
  tell: (surroundings: Surroundings) => void,
  { leases = [lease], mostNear = 1e6 }: { leases?: readonly LeaseEvent[]; mostNear?: number } = {},
): Surroundings {
  const surroundings = new Surroundings({ leases, logOf: String, mostNear });
  tell(surroundings);
  surroundings.addSeed(processAt(1000, 3000));
  surroundings.close();
  return surroundings;
}

describe('records of the processes above a violation', () => {
  const one = (surroundings: Surroundings): void => {
    surroundings.addEvent(processAt(1, 3000, { ppid: 2000 }));
    surroundings.addEvent(processAt(1, 2000, { ppid: 100 }));
    surroundings.addEvent(processAt(1, 100, { ppid: 50 }));
  };
  const many = (surroundings: Surroundings): void =>
    surroundings.addLives(Uint32Array.of(0, 3000, 2000, 0, 2000, 100, 0, 100, 50), ['a']);
  const far = { containerId: 'c2' };

  it.each([
    ['told one by one', one],
    ['told many at a time', many],
  ])('are taken, of those in its sandbox: %s', (_, tell) => {
    const surroundings = around(tell);
    const pids = [3000, 2000, 100, 50, 1999, 2999];
    expect(pids.filter((pid) => surroundings.takes(processAt(5, pid, far)))).toEqual([3000, 2000, 100]);
  });

  it('are taken above those too where no lease tells where the sandbox begins', () =>
    expect(around(one, { leases: [] }).takes(processAt(5, 50, far))).toBe(true));

  it('are taken where they tell of a child', () => {
    const surroundings = around(one);
    expect(surroundings.takes(processAt(5, 7, { ...far, childPid: 2000 }))).toBe(true);
    expect(surroundings.takes(processAt(5, undefined, far))).toBe(false);
    expect(surroundings.takes(processAt(5, 2000, { ...far, host: 'b' }))).toBe(false);
  });

  it('are taken with all that ran in its container then', () => {
    const surroundings = around(one);
    expect([967, 968, 1000, 1003, 1004].map((second) => surroundings.takes(processAt(second, 7)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([
    ['near it', 7, 'c1', 1000],
    ['of the same process', 3000, 'c2', 5],
  ])('are fewer where those that were left for later are too many: %s', (_, pid, containerId, second) => {
    const later = (surroundings: Surroundings): void => {
      for (let i = 0; i < 3000; i++) surroundings.addLater(processAt(second, pid, { containerId }));
    };
    expect(around(later).narrowedUs).toBeUndefined();
    expect(around(later, { mostNear: 1000 }).narrowedUs).toBe(1000);
    const others = (surroundings: Surroundings): void => {
      for (let i = 0; i < 3000; i++) surroundings.addLater(processAt(second, 7, { containerId: 'c2' }));
    };
    expect(around(others, { mostNear: 1000 }).narrowedUs).toBeUndefined();
  });

  it('are fewer by as much as there is memory for, and no fewer', () => {
    const later = (surroundings: Surroundings): void => {
      for (let i = 0; i < 256 * 10; i++) surroundings.addLater(processAt(1000, 7));
    };
    expect(around(later, { mostNear: 2560 }).narrowedUs).toBeUndefined();
    expect(around(later, { mostNear: 2559 }).narrowedUs).toBe(1000);
  });
});
