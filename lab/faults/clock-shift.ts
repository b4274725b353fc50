/**
 * Loaded before a service (`node --import …/clock-shift.js?ms=2000 main.js`): its clock is that
 * much ahead of the machine's, or behind.
 */
const shiftMs = Number(new URL(import.meta.url).searchParams.get('ms'));
const machineNow = Date.now.bind(Date);
Date.now = () => machineNow() + shiftMs;
