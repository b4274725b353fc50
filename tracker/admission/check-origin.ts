import type { AdmissionCheck } from './admission.js';

/** Where a stream lists origins, the page must come from one of them; compared as RFC 6454 serializes them. */
export const originIsAllowed: AdmissionCheck = ({ stream, origin }) => {
  if (stream === undefined || stream.origins.length === 0) return undefined;
  const asked = origin?.toLowerCase();
  const isListed = stream.origins.some(
    (listed) => listed.toLowerCase().replace(/\/$/, '') === asked,
  );
  return isListed
    ? undefined
    : { code: 'origin_refused', detail: 'pages of this origin may not join the stream' };
};
