/** The two tables of docs/calibration.md that say how far a probability can be trusted; probabilities that no answer had are left out. */
export function reliabilityOf(calibration) {
  const tables = calibration.split('\n\n').filter((part) => part.startsWith('| '));
  const [figures = '', bins = ''] = tables;
  const held = bins.split('\n').filter((row) => !/\| 0 \| - \|/.test(row));
  return `${figures}\n\n${held.join('\n')}`;
}
