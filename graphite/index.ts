export {
  LastingCarbonConnection,
  type CarbonConnection,
  type ConnectionEvents,
} from './carbon-connection.js';
export { decodeNamePart, encodeNamePart } from './names.js';
export { fallsToZero, metricBase, streamPoints, tellStreamPoints, type Points } from './points.js';
export type { Series, SeriesPoints } from './render-answer.js';
export { renderClient, type Render, type RenderRequest } from './render-client.js';
export { allTargets, nowTargets, streamBase, totalBase, viewersTargets } from './targets.js';
export { writeToCarbon, type CarbonPoint } from './write-to-carbon.js';
