/** The tables of docs/calibration.md that say how far a probability can be trusted, as Markdown. */
export function reliabilityOf(calibration: string): string;
