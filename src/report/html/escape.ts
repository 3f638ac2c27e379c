import { escapeTerminal } from '../../core/text/text.ts';
import { wordTable } from '../../core/word-table.ts';

const ENTITY = wordTable<string>({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
});

/**
 * Text for an element or a quoted attribute; control and bidi characters become visible. The page is ASCII throughout: it
 * survives every guess of its encoding, and browsers keep it in half the memory.
 */
export function html(text: string): string {
  return escapeTerminal(text).replace(
    /[&<>"']|[^\0-\x7f]/gu,
    (character) => ENTITY[character] ?? `&#${character.codePointAt(0)};`,
  );
}

/** The only values that may stand in class names and ids: our own words. */
export function token(text: string): string {
  return text.replace(/[^a-z0-9-]/gi, '-');
}
