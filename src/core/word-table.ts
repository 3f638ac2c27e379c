/** A table in which words of records are looked up: it has the names that are given and no other, such as `constructor`, of every object. */
export function wordTable<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries));
}
