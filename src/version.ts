/** Version of the package; `test/hygiene.test.ts` holds it against package.json. */
export const VERSION = '0.1.0';
