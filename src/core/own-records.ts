import { ownText } from './own-text.ts';
import { sharingTexts } from './shared-text.ts';

/**
 * Of records that are kept by the ten thousand. What a decoder cuts from a line holds that line, and what all lines say is
 * there once for each: the same record with texts of its own, which it shares with those before, takes half the memory.
 * It changes the record: nobody else may have it yet.
 */
export function owningRecords(): (record: object) => void {
  const share = sharingTexts();
  const own = (record: Record<string, unknown>): void => {
    for (const key in record) {
      const value = record[key];
      // A stamp as it was written hardly comes twice.
      if (typeof value === 'string') record[key] = key === 'raw' ? ownText(value) : share(value);
      else if (typeof value === 'object' && value !== null) own(value as Record<string, unknown>);
    }
  };
  return (record) => own(record as Record<string, unknown>);
}
