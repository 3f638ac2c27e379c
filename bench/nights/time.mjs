// The night's time: microseconds since the epoch.
const NIGHT_US = 8 * 3600 * 1e6;
const START_US = Date.UTC(2026, 10, 23, 20) * 1000;

export const night = { startUs: START_US, lengthUs: NIGHT_US };

export function iso(us) {
  return new Date(Math.floor(us / 1000))
    .toISOString()
    .replace('Z', `${String(Math.floor(us % 1000)).padStart(3, '0')}Z`);
}
