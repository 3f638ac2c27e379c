import { ownText } from './text/own-text.ts';
import { sharingTexts } from './text/shared-text.ts';

/**
 * Of records that are kept by the ten thousand. What a decoder cuts from a line holds that line, what all lines say is there once
 * for each, and a list to which it added one by one has room for sixteen more: the same record with texts of its own, which it
 * shares with those before, and lists as long as they are, takes half the memory. It changes the record: nobody else may have it yet.
 */
export function owningRecords(): (record: object) => void {
  const share = sharingTexts();
  const owned = (value: unknown): unknown => {
    if (typeof value === 'string') return share(value);
    if (Array.isArray(value)) return value.map((item) => owned(item));
    if (typeof value === 'object' && value !== null) own(value as Record<string, unknown>);
    return value;
  };
  const own = (record: Record<string, unknown>): void => {
    for (const key in record) {
      const value = record[key];
      // A stamp as it was written hardly comes twice.
      const mine = key === 'raw' && typeof value === 'string' ? ownText(value) : owned(value);
      if (typeof value === 'string' || mine !== value) record[key] = mine;
    }
  };
  return (record) => own(record as Record<string, unknown>);
}
