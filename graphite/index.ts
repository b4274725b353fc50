export {
  LastingCarbonConnection,
  type CarbonConnection,
  type CarbonReceipt,
  type ConnectionEvents,
} from './carbon-connection.js';
export {
  carbonSockets,
  type CarbonSocket,
  type OpenCarbonSocket,
  type SocketEvents,
} from './carbon-socket.js';
export { isFacetAsked, tellFacet } from './facet-points.js';
export {
  closedMetric,
  decodeNamePart,
  encodeNamePart,
  facetBase,
  isNamePartTooLong,
  metricBase,
} from './names.js';
export {
  fallsToZero,
  hasCellsOf,
  streamPoints,
  tellFallen,
  tellStreamPoints,
  type Points,
} from './points.js';
export { AnswerTooLarge } from './post-form.js';
export type { Column, Series, SeriesPoints } from './render-answer.js';
export {
  ReadableSeries,
  type Readable,
  type ReadableColumns,
  type ReadableRender,
} from './readable-series.js';
export {
  renderClient,
  type Render,
  type RenderColumns,
  type RenderClient,
  type RenderClientOptions,
  type RenderRequest,
} from './render-client.js';
export { allTargets, bracedTargets, facetTargets } from './targets.js';
export { graphiteWebOptions, graphiteWebSettings } from './web-settings.js';
export { writeToCarbon, type CarbonPoint } from './write-to-carbon.js';
