/** The nearest few of many, by distance and then by key; of equals those that came first. A key is only asked for where it decides. */
export interface Nearest<T> {
  /** False where one at this distance cannot be among them. */
  mayHold(distance: number): boolean;
  offer(distance: number, one: T): void;
  all(): readonly T[];
}

interface Offered<T> {
  readonly distance: number;
  readonly one: T;
}

export function openNearest<T>(most: number, keyOf: (one: T) => string): Nearest<T> {
  const kept: Offered<T>[] = [];
  const isFull = (): boolean => kept.length >= most;
  const isBefore = (a: Offered<T>, b: Offered<T> | undefined): boolean =>
    b === undefined || a.distance < b.distance || (a.distance === b.distance && keyOf(a.one) < keyOf(b.one));
  return {
    mayHold: (distance) => !isFull() || distance <= (kept[kept.length - 1]?.distance ?? 0),
    offer(distance, one) {
      const offered = { distance, one };
      if (isFull() && !isBefore(offered, kept[kept.length - 1])) return;
      if (isFull()) kept.pop();
      let place = kept.length;
      while (place > 0 && isBefore(offered, kept[place - 1])) place--;
      kept.splice(place, 0, offered);
    },
    all: () => kept.map(({ one }) => one),
  };
}
