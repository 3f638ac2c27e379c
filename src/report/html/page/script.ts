import { CHART_SCRIPT } from './chart.ts';
import { INCIDENTS_SCRIPT } from './incidents.ts';

/** The only script of the page: a constant. The page is complete without it. */
export const SCRIPT = `'use strict';
(() => {
const one = (q, root = document) => root.querySelector(q);
const all = (q, root = document) => [...root.querySelectorAll(q)];
${CHART_SCRIPT}${INCIDENTS_SCRIPT}})();
`;
