import type { Endpoint } from '../../model/event.ts';

/** What all records of sockets with the same far end have in common; undefined where none is told. */
export function endKey({ ip, port }: Endpoint): string | undefined {
  return ip === undefined || port === undefined ? undefined : `${ip}|${port}`;
}
